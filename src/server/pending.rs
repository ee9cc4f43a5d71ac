//! Requests in flight: under which id each is answered, who works on it, and that nothing is said after a cancel.
//!
//! Inside, a request goes by its ticket, a number of our own: a client may use an id of any size, and use it again after
//! a cancel while the old work still ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::id::Id;

/// Requests in flight at once. A client that has more is flooding; each is refused, not queued, so that a cancel gets through.
const REQUESTS_MAX: usize = 512;

/// Bytes of all requests in flight: each keeps its parameters until it is answered.
const REQUEST_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The number of a request, never used twice.
pub(super) type Ticket = i64;

/// Why a request cannot be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Its id is in flight.
    Duplicate,
    /// Too many are in flight, or too large ones.
    Full,
}

/// All requests that wait for an answer. `W` is who works on one.
#[derive(Debug)]
pub(super) struct Pending<W> {
    table: Mutex<Table<W>>,
    answered: Notify,
}

#[derive(Debug)]
struct Table<W> {
    next: Ticket,
    open: HashMap<Ticket, Open<W>>,
    tickets: HashMap<Id, Ticket>,
    bytes: usize,
    /// Answers on their way to the writer.
    leaving: usize,
}

#[derive(Debug)]
struct Open<W> {
    id: Id,
    bytes: usize,
    worker: W,
}

impl<W> Pending<W> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            table: Mutex::new(Table {
                next: 1,
                open: HashMap::new(),
                tickets: HashMap::new(),
                bytes: 0,
                leaving: 0,
            }),
            answered: Notify::new(),
        })
    }

    /// Takes in a request of `bytes` that `worker` works on.
    pub(super) fn begin(&self, id: &Id, bytes: usize, worker: W) -> Result<Ticket, Refused> {
        let mut table = self.lock();
        if table.tickets.contains_key(id) {
            return Err(Refused::Duplicate);
        }
        if table.open.len() >= REQUESTS_MAX || table.bytes.saturating_add(bytes) > REQUEST_BYTES_MAX
        {
            return Err(Refused::Full);
        }
        let ticket = table.next;
        table.next += 1;
        table.bytes += bytes;
        table.tickets.insert(id.clone(), ticket);
        let id = id.clone();
        table.open.insert(ticket, Open { id, bytes, worker });
        Ok(ticket)
    }

    /// Forgets a request that the client has cancelled: nothing is written for it from now on.
    pub(super) fn cancel(&self, id: &Id) -> Option<(Ticket, W)> {
        let mut table = self.lock();
        let ticket = *table.tickets.get(id)?;
        let open = table.close(ticket)?;
        drop(table);
        self.answered.notify_waiters();
        Some((ticket, open.worker))
    }

    /// Returns the id to answer `ticket` under; `None` if it was cancelled or answered.
    pub(super) fn answer(self: &Arc<Self>, ticket: Ticket) -> Option<Leaving<W>> {
        let mut table = self.lock();
        let open = table.close(ticket)?;
        table.leaving += 1;
        Some(Leaving {
            id: open.id,
            pending: Arc::clone(self),
        })
    }

    /// Returns the id of a request that still waits for its answer.
    pub(super) fn id_of(&self, ticket: Ticket) -> Option<Id> {
        self.lock().open.get(&ticket).map(|open| open.id.clone())
    }

    /// Waits until every request was answered and every answer handed to the writer.
    pub(super) async fn all_answered(&self) {
        loop {
            let answered = self.answered.notified();
            let mut answered = std::pin::pin!(answered);
            // Listens before it looks, or an answer between the two would be missed.
            answered.as_mut().enable();
            if self.is_idle() {
                return;
            }
            answered.await;
        }
    }

    fn is_idle(&self) -> bool {
        let table = self.lock();
        table.open.is_empty() && table.leaving == 0
    }

    fn lock(&self) -> MutexGuard<'_, Table<W>> {
        // The table is whole between any two statements above, so a panic elsewhere leaves it usable.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W> Table<W> {
    fn close(&mut self, ticket: Ticket) -> Option<Open<W>> {
        let open = self.open.remove(&ticket)?;
        self.tickets.remove(&open.id);
        self.bytes = self.bytes.saturating_sub(open.bytes);
        Some(open)
    }
}

/// An answer on its way: dropped once the writer has it.
#[derive(Debug)]
pub(super) struct Leaving<W> {
    /// The id to answer under.
    pub(super) id: Id,
    pending: Arc<Pending<W>>,
}

impl<W> Drop for Leaving<W> {
    fn drop(&mut self) {
        let mut table = self.pending.lock();
        table.leaving = table.leaving.saturating_sub(1);
        drop(table);
        self.pending.answered.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(json: &str) -> Id {
        Id::parse(json).unwrap()
    }

    #[test]
    fn a_request_is_answered_once_under_its_own_id() {
        let pending = Pending::new();
        let ticket = pending.begin(&id("\"a\""), 10, ()).unwrap();
        assert_eq!(pending.answer(ticket).unwrap().id, id("\"a\""));
        assert!(pending.answer(ticket).is_none());
    }

    #[test]
    fn an_id_in_flight_is_refused_and_the_first_request_unharmed() {
        let pending = Pending::new();
        let first = pending.begin(&id("1"), 10, "first").unwrap();
        assert_eq!(
            pending.begin(&id("1"), 10, "second"),
            Err(Refused::Duplicate)
        );
        assert!(pending.begin(&id("\"1\""), 10, "a string").is_ok());
        assert!(pending.answer(first).is_some());
        assert!(pending.begin(&id("1"), 10, "later").is_ok());
    }

    #[test]
    fn a_cancelled_request_has_no_answer_even_when_its_id_is_used_again() {
        let pending = Pending::new();
        let first = pending.begin(&id("1"), 10, "first").unwrap();
        assert_eq!(pending.cancel(&id("1")), Some((first, "first")));
        assert_eq!(pending.cancel(&id("1")), None);
        let second = pending.begin(&id("1"), 10, "second").unwrap();
        assert!(pending.answer(first).is_none());
        assert!(pending.answer(second).is_some());
    }

    #[test]
    fn number_and_bytes_in_flight_are_bounded() {
        let pending = Pending::new();
        for number in 0..REQUESTS_MAX {
            pending.begin(&id(&number.to_string()), 1, ()).unwrap();
        }
        assert_eq!(pending.begin(&id("\"more\""), 1, ()), Err(Refused::Full));

        let pending = Pending::new();
        pending.begin(&id("1"), REQUEST_BYTES_MAX, ()).unwrap();
        assert_eq!(pending.begin(&id("2"), 1, ()), Err(Refused::Full));
        pending.cancel(&id("1")).unwrap();
        assert!(pending.begin(&id("2"), 1, ()).is_ok());
    }

    #[tokio::test]
    async fn all_is_answered_when_the_last_answer_has_left() {
        let pending = Pending::new();
        let ticket = pending.begin(&id("1"), 1, ()).unwrap();
        let leaving = pending.answer(ticket).unwrap();
        let waiting = tokio::spawn({
            let pending = Arc::clone(&pending);
            async move { pending.all_answered().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(leaving);
        waiting.await.unwrap();
    }
}
