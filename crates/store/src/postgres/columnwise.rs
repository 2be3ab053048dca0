//! Many rows as one array a column: so one statement, prepared once, takes any number of them.

/// A statement whose parameters are the columns of `rows`, in the order in which they are named.
macro_rules! columnwise {
    ($statement:expr, $rows:expr, { $($($field:ident).+: $sql_type:ty),+ $(,)? }) => {
        diesel::sql_query($statement)
            $(.bind::<diesel::sql_types::Array<$sql_type>, _>(
                $rows.iter().map(|row| &row.$($field).+).collect::<Vec<_>>()
            ))+
    };
}

pub(super) use columnwise;
