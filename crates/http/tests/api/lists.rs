//! Lists of episodes: filters, pages and cursors.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use showrunner_domain::Page;
use showrunner_domain::episode::{EpisodeAfter, EpisodeQuery, EpisodeSort, EpisodeStatus};

use crate::harness::{Api, Response, get, pilot};

const SORTS: [&str; 6] = ["title", "episode_number", "air_date", "created_at", "updated_at", "status"];

/// Asks for a list and expects that the store is asked for what `expected` says.
async fn list(query: &str, expected: impl Fn(&EpisodeQuery) -> bool + Send + 'static) -> Response {
    let mut api = Api::new();
    api.episodes.expect_list_episodes().once().withf(expected).returning(|query| {
        let next = Some(EpisodeAfter::of(&pilot(), query.sort));
        Ok(Page { items: vec![pilot()], next, total: query.total.then_some(7) })
    });
    api.call(get(&format!("/api/v1/episodes{query}"))).await
}

async fn refused(query: &str) -> Response {
    Api::new().call(get(&format!("/api/v1/episodes?{query}"))).await
}

#[actix_web::test]
async fn a_list_says_what_it_was_cut_at_and_counts_on_demand() {
    let usual = |query: &EpisodeQuery| *query == EpisodeQuery { asker: query.asker, ..EpisodeQuery::default() };
    let response = list("", move |query| query.asker.is_some() && usual(query)).await;
    let page = &response.json()["page"];
    assert_eq!((&page["limit"], page.get("total")), (&20.into(), None));
    let response = list("?total=true&limit=1", |query| query.total && query.limit.get() == 1).await;
    assert_eq!(response.json()["page"]["total"], 7);
    assert_eq!(response.json()["data"][0]["title"], "Pilot");
}

#[actix_web::test]
async fn every_filter_reaches_the_store() {
    let query =
        "?status=pending&season_number=2&category=a%20b&air_from=2008-01-01&air_to=2009-01-01&q=%C3%A4&sort=-title";
    let response = list(query, |query| {
        let filter = &query.filter;
        filter.status == Some(EpisodeStatus::Pending)
            && filter.season_number.is_some_and(|number| number.get() == 2)
            && filter.category.as_ref().is_some_and(|category| category.as_str() == "a b")
            && filter.air_from < filter.air_to
            && filter.q.as_ref().is_some_and(|q| q.as_str() == "ä")
            && query.sort == EpisodeSort::parse("-title").unwrap()
    });
    assert_eq!(response.await.status, 200);
}

#[actix_web::test]
async fn a_cursor_leads_back_to_where_it_was_given() {
    for sort in SORTS {
        for sort in [sort.to_owned(), format!("-{sort}")] {
            let cursor = list(&format!("?sort={sort}"), |_| true).await.json()["page"]["next_cursor"].clone();
            let query = format!("?sort={sort}&cursor={}", cursor.as_str().unwrap());
            let place = EpisodeAfter::of(&pilot(), EpisodeSort::parse(&sort).unwrap());
            assert_eq!(list(&query, move |query| query.after.as_ref() == Some(&place)).await.status, 200, "{sort}");
        }
    }
}

#[actix_web::test]
async fn a_cursor_of_another_list_is_malformed() {
    let cursor = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let id = pilot().id;
    let title = format!(r#"{{"sort":{{"key":"title","descending":false}},"value":{{"Text":"a"}},"id":"{id}"}}"#);
    let crossed = format!(r#"{{"sort":{{"key":"title","descending":false}},"value":{{"Number":1}},"id":"{id}"}}"#);
    let control = format!(r#"{{"sort":{{"key":"title","descending":false}},"value":{{"Text":"\u0000"}},"id":"{id}"}}"#);
    for query in [
        "cursor=".to_owned(),
        "cursor=x".to_owned(),
        "cursor=%00".to_owned(),
        format!("cursor={}", cursor("{}")),
        format!("cursor={}", cursor(&title)),
        format!("sort=-title&cursor={}", cursor(&title)),
        format!("sort=title&cursor={}", cursor(&crossed)),
        format!("sort=title&cursor={}", cursor(&control)),
    ] {
        assert_eq!(refused(&query).await.code(), "MALFORMED", "{query}");
    }
}

#[actix_web::test]
async fn each_wrong_parameter_is_refused_under_its_name() {
    for (name, values) in [
        ("status", &["", "done", "Draft"][..]),
        ("season_number", &["", "a", "1.0", "-1", "10001"]),
        ("category", &["", "a%0Ab", "%00"]),
        ("air_from", &["", "2008-1-1", "x"]),
        ("air_to", &["2008-02-30"]),
        ("q", &["", "%20", "%07"]),
        ("sort", &["", "id", "--title", "title,status"]),
        ("limit", &["", "0", "101", "-1", "1.0", "ten"]),
        ("total", &["", "1", "yes", "TRUE"]),
        ("show_id", &["7"]),
    ] {
        for value in values {
            assert_eq!(refused(&format!("{name}={value}")).await.refused(), [name], "{value}");
        }
    }
}

#[actix_web::test]
async fn all_wrong_parameters_are_told_at_once_and_none_may_stand_twice() {
    let response = refused("limit=0&status=done&colour=red&q=a&q=b").await;
    assert_eq!(response.refused(), ["status", "q", "limit", "colour"]);
}
