use traccia_domain::ProgrammeId;

use super::{PointFilter, point, points, project, projects};
use crate::{
    answer::{KnownAt, Paging, Within},
    written::Written,
};

#[tokio::test]
async fn points_are_found_by_project_and_province() {
    let written = Written::network().await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let filter = PointFilter {
        project: Some("a".parse().unwrap()),
        province: Some("BG".parse().unwrap()),
        state: Some("open".to_owned()),
    };
    let found = points(&reader, &filter, &Paging::default()).await.unwrap().body.items;
    assert_eq!(found.iter().map(|point| point.id.as_str()).collect::<Vec<_>>(), ["a-2"]);

    let found = point(&reader, &"a-2".parse().unwrap()).await.unwrap().unwrap().body;
    assert_eq!(found.history[0].events, ["PointOpened"]);
    assert_eq!((found.active[0].from.as_str(), &found.active[0].until), ("2024-02-01", &None));
}

#[tokio::test]
async fn what_is_outside_is_as_if_it_did_not_exist() {
    let written = Written::network().await;
    written.write().await;
    let programmes: Option<Vec<ProgrammeId>> = Some(vec!["q".parse().unwrap()]);
    let reader = written.within(KnownAt::Now, Within { programmes, ..Within::default() }).await;
    let seen = projects(&reader, None, &Paging::default()).await.unwrap();
    assert_eq!(seen.body.items.iter().map(|project| project.id.as_str()).collect::<Vec<_>>(), ["c"]);
    assert_eq!(seen.rules.keys().collect::<Vec<_>>(), ["q"]);
    assert!(project(&reader, &"a".parse().unwrap()).await.unwrap().is_none());
    assert!(point(&reader, &"a-1".parse().unwrap()).await.unwrap().is_none());
}
