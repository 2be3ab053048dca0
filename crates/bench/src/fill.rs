//! Episodes that are there before anything is measured, made through the API.

use std::cell::Cell;
use std::rc::Rc;

use serde::Deserialize;
use tokio::task::JoinSet;

use crate::BenchError;
use crate::http::{Connection, Kind, Requests};
use crate::load::joined;
use crate::server::Server;

/// Over how many connections they are made.
const CONNECTIONS: usize = 64;
/// How many of them are asked for later, at most; they are spread over all.
const ASKED_FOR: usize = 10_000;

#[derive(Deserialize)]
struct Created {
    data: Id,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

/// Makes `episodes` episodes and answers the ids of those that requests are to be about.
pub(crate) async fn fill(server: &Server, requests: &Rc<Requests>, episodes: usize) -> Result<Vec<String>, BenchError> {
    let next = Rc::new(Cell::new(0_usize));
    let mut writers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let connection = Connection::open(server.address).await?;
        writers.spawn_local(write(connection, requests.clone(), next.clone(), episodes));
    }
    Ok(joined(writers).await?.concat())
}

async fn write(
    mut connection: Connection,
    requests: Rc<Requests>,
    next: Rc<Cell<usize>>,
    episodes: usize,
) -> Result<Vec<String>, BenchError> {
    let step = episodes.div_ceil(ASKED_FOR);
    let (mut request, mut asked_for) = (Vec::new(), Vec::new());
    while next.get() < episodes {
        let number = next.replace(next.get() + 1);
        requests.write(Kind::Create, &mut request);
        let answer = connection.exchange(&request).await?.expect(Kind::Create.status(), "filling the store")?;
        if number.is_multiple_of(step) {
            let created: Created = serde_json::from_slice(answer.body)
                .map_err(|error| BenchError::Answer(format!("no episode: {error}")))?;
            asked_for.push(created.data.id);
        }
    }
    Ok(asked_for)
}
