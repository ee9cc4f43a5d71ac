//! A tiny model made by the tests: compared with numbers that were worked out elsewhere, and broken in every way.

#[path = "../../../tests/it/tiny_model.rs"]
pub(crate) mod tiny_model;

use std::fs;

use super::*;

/// The first numbers of three directions, as a forward pass in numpy (64 bits) gives them for the model of seed 7.
const GOLDEN: [(&str, [f32; 6]); 3] = [
    (
        "Ships remain at the quay until evening",
        [
            -0.007_86, 0.084_727, -0.150_915, -0.172_809, -0.100_466, -0.151_981,
        ],
    ),
    (
        "vessels",
        [
            -0.081_205, -0.348_873, -0.138_988, -0.129_809, -0.213_487, 0.007_947,
        ],
    ),
    (
        "zebra wind",
        [
            -0.083_637, 0.111_715, -0.118_744, -0.290_21, -0.158_549, -0.001_092,
        ],
    ),
];

fn tiny() -> (tempfile::TempDir, Model) {
    let folder = tempfile::tempdir().unwrap();
    tiny_model::write(folder.path(), 7);
    let model = Model::read(folder.path()).unwrap();
    (folder, model)
}

/// What the encoder makes of `text`, at length 1.
fn unit(model: &Model, text: &str) -> Vec<f32> {
    let numbers = model
        .numbers(&mut Speller::new(&model.vocabulary), text)
        .unwrap();
    let length = numbers
        .iter()
        .map(|number| number * number)
        .sum::<f32>()
        .sqrt();
    numbers.iter().map(|number| number / length).collect()
}

#[test]
fn the_numbers_are_those_of_another_program() {
    let (_folder, model) = tiny();
    for (text, golden) in GOLDEN {
        let numbers = unit(&model, text);
        for (number, golden) in numbers.iter().zip(golden) {
            assert!((number - golden).abs() < 1e-5, "{text}: {numbers:?}");
        }
    }
}

#[test]
fn words_that_mean_the_same_have_one_direction_and_order_is_kept_among_many_texts() {
    let (_folder, model) = tiny();
    let texts = [
        "ships",
        "rain in the north",
        "vessels",
        "",
        "the violin is tuned",
    ];
    let many = model.embed(&texts).unwrap();
    assert_eq!(many[0], many[2]);
    for (text, direction) in texts.iter().zip(&many) {
        assert_eq!(&model.embed(&[text]).unwrap()[0], direction, "{text}");
    }
    assert!(many[0].cosine_to(&many[1]) < 0.9);
}

#[test]
fn a_text_longer_than_the_model_reads_is_read_as_far_as_it_goes() {
    let (_folder, model) = tiny();
    let long = "the tide of the evening ".repeat(10_000);
    assert!(model.embed(&[long]).unwrap()[0].unit > 0.0);
}

#[test]
fn a_model_of_other_numbers_has_another_name() {
    let (folder, model) = tiny();
    assert_eq!(
        Model::read(folder.path()).unwrap().fingerprint(),
        model.fingerprint()
    );
    tiny_model::write(folder.path(), 8);
    assert_ne!(
        Model::read(folder.path()).unwrap().fingerprint(),
        model.fingerprint()
    );
}

#[test]
fn the_only_file_of_numbers_may_have_any_name_and_names_may_begin_with_bert() {
    let (folder, model) = tiny();
    let usual = folder.path().join("model.safetensors");
    let bytes = fs::read(&usual).unwrap();
    let length = u64::from_le_bytes(*bytes.first_chunk().unwrap());
    let (header, numbers) = bytes[8..].split_at(usize::try_from(length).unwrap());
    let header = str::from_utf8(header).unwrap();
    let header = header
        .replace("\"em", "\"bert.em")
        .replace("\"en", "\"bert.en");
    let length = (header.len() as u64).to_le_bytes();
    fs::write(
        folder.path().join("other.safetensors"),
        [&length, header.as_bytes(), numbers].concat(),
    )
    .unwrap();
    fs::remove_file(usual).unwrap();
    let other = Model::read(folder.path()).unwrap();
    assert_eq!(
        other.embed(&["rain"]).unwrap(),
        model.embed(&["rain"]).unwrap()
    );
}

/// Replaces `what` in a file of the folder; of bytes where it is no text.
fn broken(folder: &Path, name: &str, breaks: &dyn Fn(Vec<u8>) -> Vec<u8>) -> String {
    tiny_model::write(folder, 7);
    let path = folder.join(name);
    fs::write(&path, breaks(fs::read(&path).unwrap())).unwrap();
    let error = Model::read(folder).err().map(|error| error.to_string());
    error.unwrap_or_else(|| panic!("{name} was read"))
}

#[test]
fn every_fault_of_a_folder_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(
        Model::read(&folder.join("none"))
            .is_err_and(|error| error.to_string().contains("no such folder"))
    );
    assert!(Model::read(folder).is_err_and(|error| error.to_string().contains("config.json")));
    let replaced = |what: &'static str, by: &'static str| {
        move |bytes: Vec<u8>| {
            String::from_utf8(bytes)
                .unwrap()
                .replacen(what, by, 1)
                .into_bytes()
        }
    };
    for (name, what, by) in [
        ("config.json", "\"bert\"", "\"t5\""),
        ("config.json", "\"vocab_size\":49", "\"vocab_size\":48"),
        ("tokenizer.json", "WordPiece", "BPE"),
        (
            "tokenizer.json",
            "\"lowercase\":true",
            "\"lowercase\":false",
        ),
        ("tokenizer.json", "[CLS]", "[XLS]"),
        ("tokenizer.json", ":7", ":70000"),
    ] {
        let error = broken(folder, name, &replaced(what, by));
        assert!(
            error.contains('`') && error.starts_with("the sentence model in"),
            "{error}"
        );
    }
    for end in [0, 7, 8, 100, 9_000] {
        let error = broken(folder, "model.safetensors", &|bytes| bytes[..end].to_vec());
        assert!(error.contains("model.safetensors"), "{error}");
    }
    let error = broken(folder, "model.safetensors", &|mut bytes| {
        bytes.truncate(bytes.len() - 1);
        bytes
    });
    assert!(error.contains("output.LayerNorm"), "{error}");
    let error = broken(folder, "model.safetensors", &|mut bytes| {
        let end = bytes.len();
        bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
        bytes
    });
    assert!(error.contains("NaN"), "{error}");
}

#[test]
fn numbers_that_overflow_on_their_way_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = broken(folder.path(), "model.safetensors", &|mut bytes| {
        // The first rows of the vocabulary, as large as they can be.
        let length = u64::from_le_bytes(*bytes.first_chunk().unwrap());
        let first = 8 + usize::try_from(length).unwrap() + 2 * 32 * 4;
        for number in bytes[first..first + 8].chunks_mut(4) {
            number.copy_from_slice(&3e37f32.to_le_bytes());
        }
        bytes
    });
    assert!(error.contains("no number"), "{error}");
}
