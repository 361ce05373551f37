//! The admission door: what an API server asks about a request, and what it is answered.
//!
//! Reading, deciding and answering know nothing of HTTP, and the same code as `check` judges.

mod decision;
mod response;
mod review;

pub use decision::{Cause, Decision, Door, Known, Refusal, Undecided, decide, decide_late};
pub use response::{Stamp, answer};
pub use review::{API_VERSION, Head, KIND, Kind, Operation, Review, Share, Unreadable, User};
