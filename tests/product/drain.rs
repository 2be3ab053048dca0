//! SIGTERM: whatever was accepted is answered, live clients are told to resume, and the server ends well.

use std::thread;
use std::time::Duration;

use crate::harness::{Audit, Backend, Load, Store, on_both_stores};

on_both_stores!(
    a_server_that_is_asked_to_end_answers_what_it_accepted_and_tells_live_clients_to_resume,
    #[ignore = "drill"]
    a_server_with_500_live_clients_that_is_asked_to_end_answers_what_it_accepted,
);

/// The close code that says "resume, here or elsewhere".
const RESUME: u16 = 4000;

fn a_server_that_is_asked_to_end_answers_what_it_accepted_and_tells_live_clients_to_resume(backend: Backend) {
    drill(backend, 5);
}

fn a_server_with_500_live_clients_that_is_asked_to_end_answers_what_it_accepted(backend: Backend) {
    drill(backend, 500);
}

fn drill(backend: Backend, clients: usize) {
    let store = Store::new(backend);
    let mut server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let mut outside = store.outside();
    let sockets: Vec<_> = (0..clients)
        .map(|_| {
            let mut live = server.live(&token);
            live.subscribe(&["feed"], None);
            thread::spawn(move || live.close_code())
        })
        .collect();
    let load = Load::start((0..8).map(|_| server.api(&token)));
    load.wait_for(50);
    thread::sleep(Duration::from_millis(fastrand::u64(50..300)));
    server.terminate();
    let status = server.wait();
    let harvest = load.stop();

    assert_eq!(status.code(), Some(0));
    assert!(harvest.refused.is_empty(), "{:?}", harvest.refused);
    for socket in sockets {
        assert_eq!(socket.join().unwrap(), Some(RESUME));
    }
    let _server = store.serve();
    Audit::default().check(&mut outside, &harvest.acknowledged);
    let (written, confirmed) = (outside.episode_seqs().len(), harvest.acknowledged.len());
    assert_eq!(written, confirmed, "accepted, but not answered: some of {:?}", harvest.unanswered);
    println!("{backend:?}: {confirmed} accepted requests answered, {clients} live clients told to resume");
}
