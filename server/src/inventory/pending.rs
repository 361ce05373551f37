//! What was admitted a moment ago and is not among what is known yet: the next request is judged as if it were there.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use plumbline_core::estate::Estate;
use plumbline_core::resource::ResourceId;
use plumbline_core::source::FileId;

use super::object::Place;

/// More are not kept: laying them over what runs takes time of every request.
const MOST: usize = 128;

/// An object that was admitted.
#[derive(Debug)]
pub(super) struct Admitted {
    /// Its one resource and what that is.
    pub(super) estate: Estate,
    pub(super) kind: String,
    pub(super) place: Place,
    /// The version that was known of it when it was admitted; none if there was none.
    pub(super) before: Option<String>,
    /// Until when the API server may not have stored it.
    pub(super) until: Duration,
    /// Which of all that were admitted it is.
    pub(super) number: u64,
}

/// Objects in the order in which they were admitted.
#[derive(Debug, Default)]
pub(super) struct Pending {
    objects: VecDeque<Admitted>,
    /// All of them as one.
    estate: Arc<Estate>,
    /// How many there were.
    count: u64,
}

impl Admitted {
    fn id(&self) -> Option<&ResourceId> {
        self.estate.resources.first().map(|resource| &resource.id)
    }
}

impl Pending {
    /// Adds an object in place of what it was before.
    pub(super) fn add(&mut self, admitted: Admitted) {
        self.objects.retain(|object| object.id() != admitted.id());
        self.count += 1;
        let number = self.count;
        self.objects.push_back(Admitted { number, ..admitted });
        if self.objects.len() > MOST {
            self.objects.pop_front();
        }
        self.unite();
    }

    /// Leaves only those that are still to be expected.
    pub(super) fn retain(&mut self, is_expected: impl Fn(&Admitted) -> bool) {
        let before = self.objects.len();
        self.objects.retain(is_expected);
        if self.objects.len() != before {
            self.unite();
        }
    }

    /// Each of them.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Admitted> {
        self.objects.iter()
    }

    /// All of them as one; each is a text of its own, counted from the last one.
    pub(super) fn estate(&self) -> Arc<Estate> {
        Arc::clone(&self.estate)
    }

    fn unite(&mut self) {
        let mut all = Estate::default();
        for (object, number) in self.objects.iter().zip(0..) {
            all = all.beside(&object.estate);
            if let Some(resource) = all.resources.last_mut() {
                resource.file = FileId(u32::MAX - number);
            }
        }
        self.estate = Arc::new(all);
    }
}
