//! What every test of the product stands on: a store of its own, the real binary beside it, and clients.
//!
//! Nothing here reaches into the server. What a test needs to disturb it disturbs from outside, by SQL, signals and
//! the network, as life does.

mod api;
mod audit;
mod document;
mod follower;
mod load;
mod outside;
mod people;
mod process;
mod server;
mod socket;
mod store;
mod wait;

pub(crate) use api::{Answer, Api, episode_id};
pub(crate) use audit::Audit;
pub(crate) use document::{blocks, follow_document, root, shell};
pub(crate) use follower::Follower;
pub(crate) use load::{Acknowledged, Load};
pub(crate) use outside::Outside;
pub(crate) use people::PASSWORD;
pub(crate) use process::{cpu_seconds, is_connected, is_read, peak_kilobytes, resident_kilobytes, sockets_of};
pub(crate) use server::{Server, SignedIn};
pub(crate) use socket::{Event, Live, Received};
pub(crate) use store::{Backend, Store};
pub(crate) use wait::{PATIENCE, eventually};

/// Makes two tests of each function named, one a store: `sqlite::…` and `postgres::…`. Attributes before a name go to
/// both.
macro_rules! on_both_stores {
    ($($(#[$attribute:meta])* $name:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[test]
                $(#[$attribute])*
                fn $name() {
                    super::$name(crate::harness::Backend::Sqlite);
                }
            )+
        }
        mod postgres {
            $(
                #[test]
                $(#[$attribute])*
                fn $name() {
                    super::$name(crate::harness::Backend::Postgres);
                }
            )+
        }
    };
}
pub(crate) use on_both_stores;
