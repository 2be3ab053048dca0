//! Writing a blob.

use async_trait::async_trait;
use object_store::WriteMultipart;
use showrunner_domain::file::{BlobError, BlobWriter};

/// How many parts may be on their way to the disk at once; a part has 5 MiB.
const PARTS: usize = 2;

/// Writes a blob beside its place. What was written is removed where the writer goes before it has finished.
pub(crate) struct Writer {
    upload: WriteMultipart,
}

impl Writer {
    pub(crate) const fn new(upload: WriteMultipart) -> Self {
        Self { upload }
    }
}

#[async_trait]
impl BlobWriter for Writer {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.upload.wait_for_capacity(PARTS).await.map_err(BlobError::new)?;
        self.upload.write(bytes);
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<(), BlobError> {
        self.upload.finish().await.map(drop).map_err(BlobError::new)
    }
}
