//! The tables, as both stores have them. The columns are those of `migrations/`, in the same order.

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::{Id, Instant};

    shows (id) {
        id -> Id,
        name -> Text,
        name_folded -> Text,
        slug -> Text,
        description -> Text,
        status -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Double, Integer, Nullable, Text};
    use crate::types::{Id, Instant, Json};

    episodes (id) {
        id -> Id,
        season_number -> Nullable<Integer>,
        episode_number -> Integer,
        title -> Text,
        title_folded -> Text,
        description -> Text,
        status -> Text,
        air_date -> Nullable<Date>,
        categories -> Json,
        director -> Nullable<Text>,
        writer -> Nullable<Text>,
        duration_minutes -> Nullable<Integer>,
        rating -> Nullable<Double>,
        genre -> Nullable<Text>,
        thumbnail_url -> Nullable<Text>,
        created_at -> Instant,
        updated_at -> Instant,
        deleted_at -> Nullable<Instant>,
        version -> BigInt,
        show_id -> Nullable<Id>,
        /// `show_id` while the episode is not deleted. The store computes it.
        live_show_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::{Id, Instant};

    users (id) {
        id -> Id,
        email -> Text,
        name -> Text,
        role -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::{Id, Instant};

    show_members (show_id, user_id) {
        show_id -> Id,
        user_id -> Id,
        role -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::Instant;

    signing_keys (kid) {
        kid -> Text,
        public_key -> Text,
        created_at -> Instant,
        verifies_until -> Nullable<Instant>,
        revoked_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::types::{Id, Instant};

    revoked_tokens (id) {
        id -> Id,
        expires_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{Id, Instant};

    events (seq) {
        seq -> BigInt,
        id -> Id,
        name -> Text,
        data -> Text,
        created_at -> Instant,
        actor_id -> Nullable<Id>,
        actor_name -> Text,
        actor_email -> Nullable<Text>,
        ip -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        request_id -> Nullable<Text>,
        subject_kind -> Text,
        subject_id -> Id,
        audience -> Text,
        show_id -> Nullable<Id>,
        imported -> Nullable<BigInt>,
        owner_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{Id, Instant};

    /// On Postgres only: committed events that have no number yet.
    outbox (outbox_id) {
        outbox_id -> BigInt,
        id -> Id,
        name -> Text,
        data -> Text,
        created_at -> Instant,
        actor_id -> Nullable<Id>,
        actor_name -> Text,
        actor_email -> Nullable<Text>,
        ip -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        request_id -> Nullable<Text>,
        subject_kind -> Text,
        subject_id -> Id,
        audience -> Text,
        show_id -> Nullable<Id>,
        imported -> Nullable<BigInt>,
        owner_id -> Nullable<Id>,
    }
}

diesel::table! {
    log_head (id) {
        id -> Integer,
        seq -> BigInt,
        first -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use crate::types::Instant;

    /// Places that only a log that is gone may have had, the head of which was moved on to `last`.
    lost_ranges (first) {
        first -> BigInt,
        last -> BigInt,
        created_at -> Instant,
    }
}

diesel::table! {
    reader_cursors (reader) {
        reader -> Text,
        seq -> BigInt,
    }
}

diesel::table! {
    parked_events (reader, seq) {
        reader -> Text,
        seq -> BigInt,
        reason -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Text};
    use crate::types::Instant;

    receipts (scope) {
        scope -> Text,
        fingerprint -> Text,
        created -> Bool,
        record -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{Id, Instant, Json};

    activities (id) {
        id -> Id,
        seq -> BigInt,
        user_id -> Nullable<Id>,
        user_name -> Text,
        action -> Text,
        resource_type -> Text,
        resource_id -> Id,
        resource_name -> Text,
        resource_name_folded -> Text,
        metadata -> Json,
        ip -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        request_id -> Nullable<Text>,
        created_at -> Instant,
        audience -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Text};
    use crate::types::Id;

    activity_tallies (day, audience, action, resource_type, user_id) {
        day -> Date,
        audience -> Text,
        action -> Text,
        resource_type -> Text,
        user_id -> Id,
        user_name -> Text,
        count -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{Id, Instant, Json};

    notifications (id) {
        id -> Id,
        user_id -> Id,
        seq -> BigInt,
        kind -> Text,
        event -> Text,
        title -> Text,
        message -> Text,
        priority -> Text,
        data -> Json,
        read_at -> Nullable<Instant>,
        expires_at -> Nullable<Instant>,
        created_at -> Instant,
    }
}

diesel::table! {
    use crate::types::{Id, Instant, Json};

    notification_preferences (user_id) {
        user_id -> Id,
        settings -> Json,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::Id;

    follows (user_id, record_id) {
        user_id -> Id,
        record_id -> Id,
        record_kind -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::types::{Id, Instant};

    user_presence (subject_kind, subject_id, user_id, node_id) {
        subject_kind -> Text,
        subject_id -> Id,
        user_id -> Id,
        node_id -> Id,
        user_name -> Text,
        since -> Instant,
        idle -> Bool,
        expires_at -> Nullable<Instant>,
        revision -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::{Id, Instant};

    presence_ended (subject_kind, subject_id, user_id, node_id) {
        subject_kind -> Text,
        subject_id -> Id,
        user_id -> Id,
        node_id -> Id,
        ended_at -> Instant,
        revision -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::Id;

    presence_choices (user_id) {
        user_id -> Id,
        state -> Text,
        status_message -> Nullable<Text>,
        revision -> BigInt,
    }
}

diesel::table! {
    use crate::types::{Id, Instant};

    presence_leases (node_id) {
        node_id -> Id,
        expires_at -> Instant,
    }
}

diesel::table! {
    presence_head (id) {
        id -> Integer,
        revision -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::{Id, Instant};

    passwords (user_id) {
        user_id -> Id,
        hash -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::{Id, Instant};

    set_up_links (user_id) {
        user_id -> Id,
        digest -> Text,
        expires_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{Id, Instant};

    sessions (id) {
        id -> Id,
        user_id -> Id,
        refresh_digest -> Text,
        created_at -> Instant,
        expires_at -> Instant,
        predecessor_digest -> Nullable<Text>,
        successor_salt -> Nullable<Text>,
        rotated_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::Instant;

    sign_in_attempts (email, source) {
        email -> Text,
        source -> Text,
        failures -> Integer,
        failed_at -> Instant,
        succeeded_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
    use crate::types::{Id, Instant};

    jobs (id) {
        id -> Id,
        job_type -> Text,
        status -> Text,
        payload -> Text,
        results -> Nullable<Text>,
        progress -> Integer,
        progress_message -> Nullable<Text>,
        progress_revision -> Nullable<BigInt>,
        priority -> Integer,
        retry_count -> BigInt,
        max_retries -> Integer,
        error_message -> Nullable<Text>,
        episode_id -> Nullable<Id>,
        show_id -> Nullable<Id>,
        created_by -> Nullable<Id>,
        granted -> Nullable<Text>,
        unique_key -> Nullable<Text>,
        run_at -> Instant,
        started_at -> Nullable<Instant>,
        completed_at -> Nullable<Instant>,
        next_retry_at -> Nullable<Instant>,
        attempt -> BigInt,
        worker -> Nullable<Text>,
        receipt_handle -> Nullable<Id>,
        lease_expires_at -> Nullable<Instant>,
        due_at -> Nullable<Instant>,
        ready -> Bool,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{Id, Instant};

    job_attempts (job_id, attempt) {
        job_id -> Id,
        attempt -> BigInt,
        worker -> Nullable<Text>,
        outcome -> Text,
        error -> Nullable<Text>,
        started_at -> Instant,
        ended_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer};

    job_progress_head (id) {
        id -> Integer,
        revision -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
    use crate::types::{Id, Instant};

    schedules (id) {
        id -> Id,
        name -> Text,
        cron -> Text,
        time_zone -> Text,
        job_type -> Text,
        payload -> Text,
        priority -> Integer,
        max_retries -> Integer,
        enabled -> Bool,
        next_run_at -> Nullable<Instant>,
        last_run_at -> Nullable<Instant>,
        created_by -> Nullable<Id>,
        granted -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::Id;

    blobs (key) {
        key -> Id,
        sha256 -> Text,
        size -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{Id, Instant};

    files (id) {
        id -> Id,
        name -> Text,
        name_folded -> Text,
        file_type -> Text,
        content_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        episode_id -> Nullable<Id>,
        show_id -> Nullable<Id>,
        blob_key -> Id,
        created_by -> Nullable<Id>,
        created_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{Id, Instant};

    templates (id) {
        id -> Id,
        name -> Text,
        description -> Text,
        layers -> Text,
        created_by -> Nullable<Id>,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::types::{Id, Instant};

    compositions (id) {
        id -> Id,
        name -> Text,
        name_folded -> Text,
        episode_id -> Nullable<Id>,
        show_id -> Nullable<Id>,
        template_id -> Id,
        formats -> Text,
        layers -> Text,
        approval -> Text,
        rejection_reason -> Nullable<Text>,
        is_primary -> Bool,
        created_by -> Nullable<Id>,
        created_at -> Instant,
        updated_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{Id, Instant};

    composition_versions (composition_id, version) {
        composition_id -> Id,
        version -> BigInt,
        changed_fields -> Text,
        name -> Text,
        episode_id -> Nullable<Id>,
        template_id -> Id,
        formats -> Text,
        layers -> Text,
        created_by -> Nullable<Id>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{Id, Instant};

    composition_outputs (composition_id, format, encoding) {
        composition_id -> Id,
        format -> Text,
        encoding -> Text,
        job_id -> Id,
        file_id -> Nullable<Id>,
        bytes -> Nullable<BigInt>,
        sha256 -> Nullable<Text>,
        composition_version -> Nullable<BigInt>,
        rendered_at -> Nullable<Instant>,
        key -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::Id;

    file_uses (file_id, user_kind, user_id) {
        file_id -> Id,
        user_kind -> Text,
        user_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date};
    use crate::types::Id;

    log_usage (day, user_id) {
        day -> Date,
        user_id -> Id,
        bytes -> BigInt,
    }
}

diesel::joinable!(composition_outputs -> jobs (job_id));
diesel::joinable!(composition_outputs -> files (file_id));
diesel::joinable!(show_members -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(users, passwords, sessions, show_members);
diesel::allow_tables_to_appear_in_same_query!(blobs, files);
diesel::allow_tables_to_appear_in_same_query!(composition_outputs, jobs, files);
