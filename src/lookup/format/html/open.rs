//! An element that is open: it ends with the tag that closes as many of its name as began, for pages leave others open.

/// An element that is open, and how many of its name are.
#[derive(Debug)]
pub(super) struct Open {
    name: String,
    depth: usize,
}

impl Open {
    /// Begins the element `name`.
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            depth: 1,
        }
    }

    /// Tells whether it is called `name`.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// Takes an element that begins within it; tells whether that has its name.
    pub(super) fn begin(&mut self, name: &str) -> bool {
        let is_same = self.is(name);
        self.depth += usize::from(is_same);
        is_same
    }

    /// Takes an element that ends; tells whether it is this one.
    pub(super) fn end(&mut self, name: &str) -> bool {
        self.depth -= usize::from(self.is(name));
        self.depth == 0
    }
}
