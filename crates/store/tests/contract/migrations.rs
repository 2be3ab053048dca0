//! Migrations run forth and back, and many may start at once.

use showrunner_store::migrations;

use super::on_both_stores;
use crate::world::World;

on_both_stores!(migrations_run_forth_and_back, many_nodes_may_migrate_at_once);

async fn migrations_run_forth_and_back(world: World) {
    assert!(migrations::status(&world.location).unwrap().iter().all(|migration| migration.applied));
    assert!(world.ports.probe.pending_migrations().await.unwrap().is_empty());
    for _ in migrations::status(&world.location).unwrap() {
        migrations::down(&world.location).unwrap();
    }
    assert!(migrations::status(&world.location).unwrap().iter().all(|migration| !migration.applied));
    assert!(!world.ports.probe.pending_migrations().await.unwrap().is_empty());
    assert!(!migrations::up(&world.location).unwrap().is_empty());
    world.create("Pilot").await;
}

async fn many_nodes_may_migrate_at_once(world: World) {
    while migrations::status(&world.location).unwrap().iter().any(|migration| migration.applied) {
        migrations::down(&world.location).unwrap();
    }
    let location = &world.location;
    std::thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| migrations::up(location).unwrap());
        }
    });
    assert!(migrations::status(location).unwrap().iter().all(|migration| migration.applied));
}
