//! What the server promises.

mod api_server;
mod cluster;
