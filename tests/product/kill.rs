//! The server is killed again and again while others write. Whatever it had confirmed is there when it comes back, with
//! all that follows from it, exactly once; and nothing is half there.

use std::thread;
use std::time::Duration;

use crate::harness::{Audit, Backend, Load, Store, on_both_stores};

on_both_stores!(
    twenty_kills_under_load_lose_double_and_halve_nothing,
    #[ignore = "drill"]
    two_hundred_kills_under_load_lose_double_and_halve_nothing,
);

const WRITERS: usize = 4;

fn twenty_kills_under_load_lose_double_and_halve_nothing(backend: Backend) {
    drill(backend, 20);
}

fn two_hundred_kills_under_load_lose_double_and_halve_nothing(backend: Backend) {
    drill(backend, 200);
}

fn drill(backend: Backend, rounds: usize) {
    let store = Store::new(backend);
    let mut server = store.serve();
    let editor = store.token("editor@example.com", "editor");
    let (mut outside, mut audit) = (store.outside(), Audit::default());
    let mut confirmed = 0;
    for _ in 0..rounds {
        let load = Load::start((0..WRITERS).map(|_| server.api(&editor)));
        load.wait_for(1);
        thread::sleep(Duration::from_millis(fastrand::u64(150..550)));
        server.kill();
        let harvest = load.stop();
        assert!(harvest.refused.is_empty(), "{:?}", harvest.refused);
        confirmed += harvest.acknowledged.len();
        server = store.serve();
        audit.check(&mut outside, &harvest.acknowledged);
    }
    println!("{backend:?}: {rounds} kills, {confirmed} confirmed changes, none lost, doubled or halved");
}
