//! How much each term stands in each field of a candidate, as BM25 counts: for the length of the field, and the tenth
//! time hardly more than the ninth.

use tantivy::postings::Postings as _;
use tantivy::schema::Field;

use super::candidates::{Found, by_segment};
use super::evidence::Candidate;
use super::lists::{Lists, form};
use super::question::Term;
use super::rarity::sections;
use crate::lookup::error::LookupError;
use crate::lookup::index::{View, reaches};

/// Fields that are counted.
pub(super) const FIELDS: usize = 8;
/// Their places in a candidate's counts.
pub(super) const BODY: usize = 0;
pub(super) const TITLE: usize = 1;
pub(super) const HEADINGS: usize = 2;
pub(super) const PATH: usize = 3;
/// The body again, for names: the fewer a section has, the more one counts.
pub(super) const CODE: usize = 4;
pub(super) const SYMBOL: usize = 5;
/// The title again, its words as they are written: `bookings` is not `book`.
pub(super) const TITLE_FORMS: usize = 6;
/// What the section defines again, as it is written: `ENV` is not `env`, nor `a_b` `a.b`.
pub(super) const SYMBOL_SPELLINGS: usize = 7;

/// How much the length of a field counts, 0 to 1: of a body more than of a title, for titles are short by nature.
/// Bodies are cut to about one length, so theirs says less than that of whole documents, for which 0.75 is the custom.
const LENGTH: [f32; FIELDS] = [0.65, 0.5, 0.5, 0.5, 0.65, 0.5, 0.5, 0.5];

/// Times that a term must stand in a field of mean length to count half of what it can: `k1` of BM25.
const SATURATION: f32 = 1.2;

/// Fills in the counts of `candidates`, which are the found ones in the same order.
pub(super) fn count(
    view: &View,
    terms: &[Term],
    lists: &Lists,
    found: &[Found],
    candidates: &mut [Candidate],
) -> Result<(), LookupError> {
    let means = means(view)?;
    let segments = view.searcher.segment_readers().len();
    let placed = view.segments().zip(by_segment(found, segments));
    for (segment, ((reader, columns), places)) in placed.enumerate() {
        if places.is_empty() {
            continue;
        }
        let titles = reader.get_fieldnorms_reader(view.fields.title)?;
        for (doc, number) in &places {
            if let Some(candidate) = candidates.get_mut(*number) {
                candidate.title_terms = titles.fieldnorm(*doc);
            }
        }
        for (at, term) in terms.iter().enumerate() {
            for (place, (mean, share)) in means.into_iter().zip(LENGTH).enumerate() {
                let Some((field, _)) = form(view.fields, term, place) else {
                    continue;
                };
                let Some(mut list) = lists.of(segment, at, place) else {
                    continue;
                };
                let lengths = reader.get_fieldnorms_reader(field)?;
                for (doc, number) in &places {
                    if reaches(&mut list, *doc)
                        && let Some(candidate) = candidates.get_mut(*number)
                        && let Some(count) = candidate.counts.get_mut(at)
                        && let Some(count) = count.get_mut(place)
                    {
                        let length = if place == CODE {
                            columns.names(*doc)
                        } else {
                            lengths.fieldnorm(*doc)
                        };
                        let times = lossy(list.term_freq());
                        let half = SATURATION * (1.0 - share + share * lossy(length) / mean);
                        *count = times * (SATURATION + 1.0) / (times + half);
                    }
                }
            }
        }
    }
    Ok(())
}

/// Mean length of each field.
fn means(view: &View) -> Result<[f32; FIELDS], LookupError> {
    let fields = view.fields;
    let all = [
        fields.body,
        fields.title,
        fields.headings,
        fields.path,
        fields.body,
        fields.symbol,
        fields.title_forms,
        fields.symbol_spellings,
    ];
    let mut means = [1.0; FIELDS];
    for (mean, field) in means.iter_mut().zip(all) {
        *mean = mean_length(view, field)?.max(1.0);
    }
    if let Some(names) = means.get_mut(CODE) {
        *names = names_mean(view).max(1.0);
    }
    Ok(means)
}

/// Mean length of a field, in terms.
pub(super) fn mean_length(view: &View, field: Field) -> Result<f32, LookupError> {
    let mut length = 0;
    for reader in view.searcher.segment_readers() {
        length += reader.inverted_index(field)?.total_num_tokens();
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "a mean needs no more than seven digits"
    )]
    let mean = length as f32 / sections(view).max(1) as f32;
    Ok(mean)
}

/// Mean number of names in a section.
fn names_mean(view: &View) -> f32 {
    let (sum, sections) = view
        .segments()
        .fold((0.0, 0.0), |(sum, sections), segment| {
            let (reader, columns) = segment;
            let count = lossy(reader.max_doc());
            (sum + columns.names_mean() * count, sections + count)
        });
    if sections > 0.0 { sum / sections } else { 0.0 }
}

/// Returns `count` as a number to weigh with.
#[expect(
    clippy::cast_precision_loss,
    reason = "a weight needs no more than seven digits"
)]
pub(crate) fn lossy(count: impl TryInto<u32>) -> f32 {
    count.try_into().unwrap_or(u32::MAX) as f32
}
