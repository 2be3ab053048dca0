//! What this program's own workers can do.

use std::sync::Arc;

use showrunner_blobs::ContentInspector;
use showrunner_csv::Csv;
use showrunner_domain::composition::CompositionRender;
use showrunner_domain::episode::BatchDelete;
use showrunner_domain::export::BulkExport;
use showrunner_domain::file::{BulkUpload, FileService};
use showrunner_domain::import::DataImport;
use showrunner_domain::job::JobHandler;
use showrunner_domain::media::{ThumbnailGeneration, VideoProcessing};
use showrunner_store::Ports;

use crate::services::{self, Storage, Tools, clock, episodes, ids, on_behalf, rendering};

/// One handler for each type of job that works out of the box.
pub(crate) fn on(ports: &Ports, storage: &Storage, tools: &Tools) -> Vec<Arc<dyn JobHandler>> {
    let files = Arc::new(services::files(ports, storage));
    let of_files = of_files(ports, &files, tools);
    let on_behalf = || on_behalf(ports);
    let others: [Arc<dyn JobHandler>; 4] = [
        Arc::new(BatchDelete { episodes: Arc::new(episodes(ports)), on_behalf: on_behalf() }),
        Arc::new(CompositionRender {
            rendering: Arc::new(rendering(ports, storage, tools)),
            inspector: Arc::new(ContentInspector),
            on_behalf: on_behalf(),
            clock: clock(),
            ids: ids(),
        }),
        Arc::new(BulkExport {
            episodes: Arc::new(episodes(ports)),
            shows: Arc::new(services::shows(ports)),
            files: files.clone(),
            tables: Arc::new(Csv),
            archives: tools.archives.clone(),
            on_behalf: on_behalf(),
        }),
        Arc::new(DataImport {
            files,
            imports: Arc::new(services::import(ports)),
            tables: Arc::new(Csv),
            on_behalf: on_behalf(),
        }),
    ];
    others.into_iter().chain(of_files).collect()
}

fn of_files(ports: &Ports, files: &Arc<FileService>, tools: &Tools) -> [Arc<dyn JobHandler>; 3] {
    [
        Arc::new(BulkUpload { files: files.clone(), archives: tools.archives.clone(), on_behalf: on_behalf(ports) }),
        Arc::new(ThumbnailGeneration {
            files: files.clone(),
            videos: tools.videos.clone(),
            pictures: tools.artist.clone(),
            on_behalf: on_behalf(ports),
        }),
        Arc::new(VideoProcessing { files: files.clone(), videos: tools.videos.clone(), on_behalf: on_behalf(ports) }),
    ]
}
