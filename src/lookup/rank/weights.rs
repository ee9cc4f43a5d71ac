//! What each kind of evidence counts. `mrconductor bench lookup DIR --fit` says what other values would do.

/// The weights, in one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Weights {
    /// A word in the title against one in the body. A title stands in the body as well.
    pub(crate) title: f32,
    /// A word in another heading of the section, or in the title of its page.
    pub(crate) headings: f32,
    /// A word in the path.
    pub(crate) path: f32,
    /// A name in the text as it is written.
    pub(crate) code: f32,
    /// A name that the section defines.
    pub(crate) symbol: f32,
    /// The last part of a name against the whole.
    pub(crate) member: f32,
    /// A part of a word against the whole.
    pub(crate) part: f32,
    /// A word that most questions share.
    pub(crate) common: f32,
    /// A word in the text that names documentation.
    pub(crate) about: f32,
    /// To be of the documentation that is named.
    pub(crate) source: f32,
    /// Adjacent words that stand together.
    pub(crate) together: f32,
    /// A title that says the question and nothing else.
    pub(crate) exact: f32,
    /// A word of such a title in another form than the question has, against the same form.
    pub(crate) inflected: f32,
    /// Names that are defined as the question writes them, and nothing else asked.
    pub(crate) defines: f32,
    /// An operation that does what is to be done, against one that does something else.
    pub(crate) action: f32,
    /// What a text means against the words it has, 0 to 1.
    pub(crate) vector: f32,
    /// Words of a question from which on the more there are the less meaning counts: a vector is the middle of what is said, and
    /// the middle of a page of text is near to everything of its field.
    pub(crate) long: f32,
    /// How much less meaning counts where the vocabulary has no word of its own for what is asked, 0 to 1.
    pub(crate) known: f32,
    /// How much more meaning counts where no section has all of what is asked, 0 to 1.
    pub(crate) unmet: f32,
    /// How much more meaning counts where all candidates are operations, which say in few words what they do, 0 to 1.
    pub(crate) operations: f32,
    /// Nearness to the best candidates, as part of what a text means.
    pub(crate) examples: f32,
    /// What a sentence model makes of a text, where there is one, against all else, 0 to 1.
    pub(crate) model: f32,
    /// What is left beside a sentence model of what the built-in table says, 0 to 1.
    pub(crate) beside: f32,
    /// Nearness to the best candidates, as part of what the model makes of a text.
    pub(crate) model_examples: f32,
    /// Share of the two next best headings of a page that its sections gain.
    pub(crate) coherence: f32,
    /// What is left of the score of each further section of one page.
    pub(crate) repeat: f32,
}

/// A weight by its name.
pub(crate) struct Weight {
    /// Its name.
    pub(crate) name: &'static str,
    /// Where it is.
    pub(crate) of: fn(&mut Weights) -> &mut f32,
    /// The largest value it can have; the least is 0.
    pub(crate) most: f32,
}

impl Weights {
    /// The weights in use.
    pub(crate) const IN_USE: Self = Self {
        title: 0.3,
        headings: 0.2,
        path: 0.7,
        code: 0.5,
        symbol: 0.8,
        member: 0.9,
        part: 0.45,
        common: 0.4,
        about: 0.33,
        source: 1.5,
        together: 0.2,
        exact: 0.9,
        inflected: 0.5,
        defines: 0.8,
        action: 0.15,
        vector: 0.3,
        long: 10.0,
        known: 0.35,
        unmet: 0.2,
        operations: 0.2,
        examples: 0.6,
        model: 0.5,
        beside: 0.6,
        model_examples: 0.4,
        coherence: 0.15,
        repeat: 0.7,
    };

    /// Every weight that can be fitted.
    pub(crate) const ALL: &[Weight] = &[
        Weight::new("title", |weights| &mut weights.title, 3.0),
        Weight::new("headings", |weights| &mut weights.headings, 2.0),
        Weight::new("path", |weights| &mut weights.path, 2.0),
        Weight::new("code", |weights| &mut weights.code, 2.0),
        Weight::new("symbol", |weights| &mut weights.symbol, 2.0),
        Weight::new("member", |weights| &mut weights.member, 1.0),
        Weight::new("part", |weights| &mut weights.part, 1.0),
        Weight::new("common", |weights| &mut weights.common, 1.0),
        Weight::new("about", |weights| &mut weights.about, 1.0),
        Weight::new("source", |weights| &mut weights.source, 3.0),
        Weight::new("together", |weights| &mut weights.together, 1.0),
        Weight::new("exact", |weights| &mut weights.exact, 1.0),
        Weight::new("inflected", |weights| &mut weights.inflected, 1.0),
        Weight::new("defines", |weights| &mut weights.defines, 2.0),
        Weight::new("action", |weights| &mut weights.action, 1.0),
        Weight::new("vector", |weights| &mut weights.vector, 1.0),
        Weight::new("long", |weights| &mut weights.long, 40.0),
        Weight::new("known", |weights| &mut weights.known, 1.0),
        Weight::new("unmet", |weights| &mut weights.unmet, 1.0),
        Weight::new("operations", |weights| &mut weights.operations, 1.0),
        Weight::new("examples", |weights| &mut weights.examples, 1.0),
        Weight::new("model", |weights| &mut weights.model, 1.0),
        Weight::new("beside", |weights| &mut weights.beside, 1.0),
        Weight::new("model_examples", |weights| &mut weights.model_examples, 1.0),
        Weight::new("coherence", |weights| &mut weights.coherence, 0.6),
        Weight::new("repeat", |weights| &mut weights.repeat, 1.0),
    ];
}

impl Weight {
    const fn new(name: &'static str, of: fn(&mut Weights) -> &mut f32, most: f32) -> Self {
        Self { name, of, most }
    }
}
