use tempfile::TempDir;
use traccia_domain::Hash;

use super::{desk::Programme, fixture};
use crate::{
    ImportError, Options, Report, Source, Stage,
    keep::{Ending, Keep, Kept},
};

fn dry() -> Options {
    Options { dry_run: true, ..Options::default() }
}

fn lenient() -> Options {
    Options { max_rejected_share: 1.0, points: Programme::points(), ..Options::default() }
}

#[tokio::test]
async fn a_file_is_recorded_once_however_often_it_comes() {
    let programme = Programme::new().await;
    let first = programme.import(&fixture("good"), Options::default()).await;
    let report = first.result.unwrap();
    assert_eq!((report.rows, report.recorded, report.duplicates, report.rejected), (7, 6, 1, 0));
    assert_eq!((report.new_citizens, report.known_citizens), (5, 1));
    assert_eq!(report.file, Hash::of(&fixture("good")));
    assert_eq!(report.findings.values().sum::<u64>(), 3);
    assert_eq!(report.position, programme.head().await);
    assert_eq!(first.progress.last().map(|now| (now.stage, now.rows)), Some((Stage::Writing, 7)));
    assert_eq!(first.progress.last().map(|now| now.bytes), Some(fixture("good").len() as u64 - 3));

    let again = programme.import(&fixture("good"), Options::default()).await.result.unwrap();
    assert_eq!((again.recorded, again.duplicates, again.rejected, again.new_citizens), (0, 7, 0, 0));
    assert_eq!(programme.head().await, report.position, "the same file again adds nothing");
    assert_eq!(again.position, report.position, "where nothing is recorded, the counts are true at the log's end");

    let text = String::from_utf8(fixture("good")).unwrap().replace("canarino@example.org", "");
    let other = programme.import(text.as_bytes(), Options::default()).await.result.unwrap();
    assert_eq!((other.recorded, other.duplicates), (0, 7), "nor do the same services in another file");
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let programme = Programme::new().await;
    let before = programme.head().await;
    let report = programme.import(&fixture("good"), dry()).await.result.unwrap();
    assert_eq!((report.rows, report.recorded, report.duplicates, report.rejected), (7, 6, 1, 0));
    assert_eq!((report.new_citizens, report.known_citizens), (5, 1));
    assert_eq!((report.position, report.dry_run), (before, true), "its counts are true at the log's end");
    assert_eq!(programme.head().await, before);
}

#[tokio::test]
async fn a_dry_run_foresees_what_the_same_file_comes_to() {
    let programme = Programme::new().await;
    let whole = String::from_utf8(fixture("unknown")).unwrap();
    // Some of its services are there already, and citizens who come again for another.
    let lines: Vec<&str> = whole.lines().collect();
    let some = lines[..lines.len() - 4].join("\n");
    programme.import(some.as_bytes(), lenient()).await.result.unwrap();
    for (content, options) in [(whole.as_bytes(), lenient()), (&fixture("good")[..], lenient())] {
        let dry = Options { dry_run: true, ..options.clone() };
        let foreseen = programme.import(content, dry.clone()).await;
        let done = programme.import(content, options).await;
        let (foreseen_report, done_report) = (foreseen.result.unwrap(), done.result.unwrap());
        assert!(done_report.duplicates > 0 && done_report.known_citizens > 0, "{done_report:?}");
        let same = Report { dry_run: false, position: done_report.position, ..foreseen_report };
        assert_eq!(same, done_report);
        assert_eq!(foreseen.rejected, done.rejected);
        let again = programme.import(content, dry).await.result.unwrap();
        assert_eq!((again.recorded, again.new_citizens, again.position), (0, 0, done_report.position));
    }
}

#[tokio::test]
async fn a_file_with_a_header_alone_says_that_it_has_no_rows() {
    let programme = Programme::new().await;
    for options in [dry(), Options::default()] {
        let error = programme.import(&fixture("header-only"), options).await.result.unwrap_err();
        assert_eq!(error.to_string(), "the file has no rows: nothing follows its header");
    }
}

#[tokio::test]
async fn a_file_that_is_mostly_wrong_is_refused_whole() {
    let programme = Programme::new().await;
    let before = programme.head().await;
    let outcome = programme.import(&fixture("mostly-wrong"), Options::default()).await;
    let error = outcome.result.unwrap_err();
    assert_eq!(error.to_string(), "3 of 4 rows are wrong, more than 20 % of them; nothing was written");
    let ImportError::MostlyWrong { report, .. } = error else { panic!("{error}") };
    assert_eq!((report.rows, report.rejected, report.recorded), (4, 3, 0));
    assert_eq!(outcome.rejected.lines().count(), 4, "its wrong rows are told all the same");
    assert_eq!(programme.head().await, before);
}

#[tokio::test]
async fn what_nobody_knows_is_rejected_and_registers_nobody() {
    let programme = Programme::new().await;
    let outcome = programme.import(&fixture("unknown"), Options::default()).await;
    let report = outcome.result.unwrap();
    assert_eq!((report.rows, report.recorded, report.rejected, report.new_citizens), (13, 11, 2, 2));
    assert!(outcome.rejected.contains(",3,IDSede: sede sconosciuta"), "{}", outcome.rejected);
    assert!(outcome.rejected.contains(",4,IDFacilitatore: facilitatore sconosciuto"), "{}", outcome.rejected);
}

#[tokio::test]
async fn no_name_contact_or_document_comes_out_again() {
    let programme = Programme::new().await;
    let mut shown = String::new();
    for name in ["good", "wrong-rows", "unknown", "mostly-wrong", "latin1", "no-header"] {
        for options in [dry(), lenient(), Options::default()] {
            let outcome = programme.import(&fixture(name), options).await;
            shown += &format!("{}{:?}", outcome.rejected, outcome.result);
            if let Ok(report) = &outcome.result {
                shown += &serde_json::to_string(report).unwrap();
            }
        }
        shown += &format!("{:?}", super::rows(fixture(name)));
    }
    for position in 1..=programme.head().await.0 {
        shown += &programme.stored(position).await;
    }
    let shown = shown.to_lowercase();
    for secret in ["anarin", "@", "055 0000000", "cnrrss", "qzzpll", "vrdxxx", "ca00000", "5334506", "spid"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn rejected_rows_come_back_masked_and_harmless() {
    let programme = Programme::new().await;
    let outcome = programme.import(&fixture("wrong-rows"), Options { max_rejected_share: 1.0, ..dry() }).await;
    let mut reader = csv::Reader::from_reader(outcome.rejected.as_bytes());
    let header = reader.headers().unwrap();
    assert_eq!((header.len(), &header[33], &header[34]), (35, "Numero Riga", "Note"));
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 11);
    assert_eq!(
        (&rows[0][6], &rows[0][20], &rows[0][33]),
        ("***5Q", "01/03/2024", "2"),
        "the document and the wrong day"
    );
    assert_eq!((&rows[0][0], &rows[0][15]), ("f-mi-1", "Milano"));
    assert!(rows[5].iter().take(33).all(str::is_empty), "a shifted line is not shown");
    assert_eq!(&rows[7][3], "'=HYPERLINK(\"http://example.org\")");
    assert_eq!((&rows[10][2], &rows[10][20]), ("", ""), "values that strayed are not shown");
}

#[tokio::test]
async fn each_run_is_kept_under_a_name_of_its_own() {
    let data = TempDir::new().unwrap();
    let path = data.path().join("servizi.csv");
    std::fs::write(&path, fixture("unknown")).unwrap();
    let (programme, keep) = (Programme::new().await, Keep::open(data.path()).unwrap());
    let source = Source::file(&path).unwrap();
    let mut rejected = crate::RejectedRows::new(keep.rejected_file().unwrap()).unwrap();
    let report = crate::run(&mut programme.desk(), &source, &Options::default(), &mut rejected, |_| ()).await.unwrap();
    let mut kept = Kept {
        subject: "prova".to_owned(),
        programmes: vec!["prova".parse().unwrap()],
        at: "2024-05-01T10:00:00Z".parse().unwrap(),
        ending: Ending::Done,
        report,
    };
    let first = keep.store(&mut kept, rejected.into_inner().unwrap()).unwrap();
    assert_eq!((keep.find(first).unwrap().as_ref(), kept.report.id), (Some(&kept), first));
    let rows = |id| std::io::read_to_string(keep.rejected(id).unwrap().unwrap()).unwrap().lines().count();
    assert_eq!(rows(first), 3);

    // The same file by the same subject, and by another: nobody's report takes the place of another.
    let empty = || crate::RejectedRows::new(keep.rejected_file().unwrap()).unwrap().into_inner().unwrap();
    let again = keep.store(&mut kept.clone(), empty()).unwrap();
    let other = keep.store(&mut Kept { subject: "altri".to_owned(), ..kept.clone() }, empty()).unwrap();
    assert!(first != again && first != other && again != other);
    assert_eq!((keep.find(first).unwrap(), rows(first)), (Some(kept), 3), "the first is as it was");
    assert_eq!((keep.find(other).unwrap().unwrap().subject.as_str(), rows(other)), ("altri", 1));
    assert_eq!(std::fs::read_dir(data.path().join("imports")).unwrap().count(), 6);

    std::fs::write(&path, "another").unwrap();
    assert!(source.reader().is_err(), "a file that changed is not read under its old name");
}
