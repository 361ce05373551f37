//! What the server promises.

mod admission;
mod api_server;
mod cluster;
mod pool;
