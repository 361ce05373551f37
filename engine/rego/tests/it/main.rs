//! What the language promises, from outside.

mod value;
