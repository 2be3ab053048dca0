//! Faulty files, one a kind of fault, and where each is told to be wrong.

/// A file with one thing wrong.
pub(crate) struct Fault {
    /// What is wrong.
    pub(crate) name: &'static str,
    /// The file.
    pub(crate) file: Vec<u8>,
    /// The line that is told.
    pub(crate) line: u64,
    /// The place in the row that is told.
    pub(crate) column: usize,
    /// Words of the message.
    pub(crate) words: &'static str,
}

/// Every kind of fault.
pub(crate) fn faults() -> Vec<Fault> {
    let long = format!("title,episode_number\n{},1\n", "x".repeat(256)).into_bytes();
    let faults: [(&str, &[u8], u64, usize, &str); 27] = [
        ("an empty file", b"", 1, 1, "the file is empty"),
        ("blank lines alone", b"\n\r\n\n", 1, 1, "the file is empty"),
        ("no rows", b"title,episode_number\n", 1, 1, "there are no rows"),
        ("a missing column", b"title\nPilot\n", 1, 1, "the column episode_number is missing"),
        ("an unknown column", b"title,episode_number,mood\nPilot,1,good\n", 1, 3, "\"mood\" is not a column"),
        ("a doubled column", b"title,episode_number,title\nPilot,1,Pilot\n", 1, 3, "the column title is there twice"),
        ("other separators", b"title;episode_number\nPilot;1\n", 1, 1, "is not a column"),
        ("too many cells", b"title,episode_number\nPilot,1\nGrilled,2,3\n", 3, 3, "the row has 3 cells"),
        ("too few cells", b"title,episode_number\nPilot\n", 2, 2, "the row has 1 cells"),
        ("an open quote", b"title,episode_number\nPilot,1\nGrilled,\"2\nDown,4\n", 3, 2, "the quote is not closed"),
        ("an open quote in the header", b"title,\"episode_number\nPilot,1\n", 1, 2, "the quote is not closed"),
        ("bad UTF-8", b"title,episode_number\nPilot,1\nGr\xffilled,2\n", 3, 1, "title is not UTF-8"),
        ("UTF-16", b"\xff\xfet\0i\0t\0l\0e\0\n\0", 1, 1, "the column's name is not UTF-8"),
        (
            "a control character",
            b"title,episode_number\nPi\x07lot,1\n",
            2,
            1,
            "title must not contain control characters",
        ),
        ("a NUL byte", b"title,episode_number\nPi\0lot,1\n", 2, 1, "title must not contain control characters"),
        ("a long title", &long, 2, 1, "title must be at most 255 characters long"),
        ("no title", b"title,episode_number\n,1\n", 2, 1, "title must not be empty"),
        ("no number", b"title,episode_number\nPilot,\n", 2, 2, "episode_number must be a whole number"),
        ("words for a number", b"title,episode_number\nPilot,one\n", 2, 2, "episode_number must be a whole number"),
        ("a negative number", b"title,episode_number\nPilot,-1\n", 2, 2, "episode_number must be between 0 and"),
        ("a number too big", b"title,episode_number\nPilot,1000001\n", 2, 2, "episode_number must be between 0 and"),
        (
            "a doubled row",
            b"show,season_number,episode_number,title\nThe Wire,1,1,The Target\nTHE WIRE,1,1,The Detail\n",
            3,
            3,
            "that of line 2",
        ),
        ("a bad date", b"air_date,title,episode_number\n2008-02-30,Pilot,1\n", 2, 1, "air_date must be a date"),
        ("a bad status", b"title,episode_number,status\nPilot,1,done\n", 2, 3, "status must be one of"),
        ("a rating too high", b"title,episode_number,rating\nPilot,1,10.1\n", 2, 3, "rating must be between 0 and 10"),
        ("a comma for a point", b"title,episode_number,rating\nPilot,1,\"8,5\"\n", 2, 3, "rating must be a number"),
        ("a script", b"title,episode_number,thumbnail_url\nPilot,1,javascript:a\n", 2, 3, "thumbnail_url must be"),
    ];
    let fault = |(name, file, line, column, words): (_, &[u8], _, _, _)| Fault {
        name,
        file: file.to_vec(),
        line,
        column,
        words,
    };
    faults.map(fault).into()
}
