use proptest::prelude::*;
use tilewise::catalog;
use tilewise::catalog::{Limits, Model};
use tilewise::error::ErrorCode;
use tilewise::estimate::{EstimateOptions, estimate};
use tilewise::media::{Format, ImageFacts, MediaFacts, Orientation, Size};
use tilewise::prepare::budget::{Action, Reach, budget, budget_upright};
use tilewise::prepare::plan::{Quality, plan};
use tilewise::prepare::sizes::{CheaperSize, Sizes};
use tilewise::prepare::{Goal, OutputFormat, PrepareError};
use tilewise::price::Prices;
use tilewise::request::{Body, Detail, Draft, MediaPart, Via};
use tilewise::rule::{Options, Rule, Rules};
use tilewise::violation::ViolationCode;

const MODEL: &str = "moonshotai/Kimi-K2.5";

fn rules() -> Rules {
    catalog::find(MODEL).unwrap().rules().unwrap()
}

fn price() -> Prices {
    catalog::find(MODEL).unwrap().price
}

fn tokens(rule: Rule, size: Size) -> u64 {
    rules()
        .image(rule, size, &Options::default())
        .unwrap()
        .tokens
}

fn photo(width: u64, height: u64) -> MediaFacts {
    let mut facts = MediaFacts::image(
        Format::Jpeg,
        Size::new(width, height),
        ImageFacts {
            has_alpha: Some(false),
            animated: Some(false),
            ..ImageFacts::default()
        },
    );
    facts.bytes = Some(3_000_000);
    facts
}

fn within(max_tokens: u64, rule: Rule) -> Goal {
    Goal {
        max_tokens: Some(max_tokens),
        rule: Some(rule),
        ..Goal::default()
    }
}

type Fitted = (u64, u64, Rule, u64, (u64, u64));

/// Width, height, rule, most tokens; the size that follows, by hand: the last long side whose tiles
/// number no more, its short side rounded.
const FITTED: [Fitted; 8] = [
    // 1,987 is the last width under 142 tiles; 141 · 106 = 14,946, where 1988×1491 takes 15,052.
    (4000, 3000, Rule::Published, 15_000, (1987, 1490)),
    // At 1997 the short side would round to 1,498, which is 107 tiles.
    (4000, 3000, Rule::Published, 15_052, (1996, 1497)),
    // 28 · 28 tiles of 28 pixels; one pixel more would need another column.
    (1000, 1000, Rule::Processor, 784, (784, 784)),
    (1000, 1000, Rule::Processor, 783, (756, 756)),
    (1024, 1024, Rule::Published, 5_329, (1024, 1024)),
    (1024, 1024, Rule::Published, 5_328, (1021, 1021)),
    // A short side under a tile counts as one, so only the long one matters.
    (2800, 10, Rule::Published, 100, (1413, 5)),
    (10, 2800, Rule::Published, 1, (1, 27)),
];

#[test]
fn a_goal_in_tokens_gives_the_largest_size_that_meets_it() {
    for (width, height, rule, most, expected) in FITTED {
        let plan = plan(&photo(width, height), &within(most, rule), &rules()).unwrap();
        let size = (plan.size.width, plan.size.height);
        assert_eq!(
            size,
            expected,
            "{width}×{height}, {most} by {}",
            rule.name()
        );
        assert!(plan.tokens.by(rule).unwrap() <= most);
    }
}

#[test]
fn a_longest_side_is_met_to_the_pixel_and_the_other_follows() {
    let by_side = |width, height, max_side| {
        let goal = Goal {
            max_side: Some(max_side),
            ..Goal::default()
        };
        plan(&photo(width, height), &goal, &rules()).unwrap().size
    };
    assert_eq!(by_side(4000, 3000, 1024), Size::new(1024, 768));
    assert_eq!(by_side(3000, 4000, 1024), Size::new(768, 1024));
    assert_eq!(by_side(4000, 3000, 4000), Size::new(4000, 3000));
    assert_eq!(by_side(800, 600, 1024), Size::new(800, 600));
    assert_eq!(by_side(5000, 1, 100), Size::new(100, 1));
}

#[test]
fn a_goal_is_measured_on_the_upright_image() {
    let lying = ImageFacts {
        orientation: Orientation::new(6).unwrap(),
        ..ImageFacts::default()
    };
    let facts = MediaFacts::image(Format::Jpeg, Size::new(4000, 3000), lying);
    let goal = Goal {
        max_side: Some(1000),
        ..Goal::default()
    };
    let plan = plan(&facts, &goal, &rules()).unwrap();
    assert_eq!(plan.size, Size::new(750, 1000));
    assert_eq!(
        plan.steps(),
        ["rotated 90°", "resized 3000×4000 → 750×1000"]
    );
}

#[test]
fn what_meets_its_goal_stays_and_what_would_be_seen_otherwise_does_not() {
    let is_met = |facts: &MediaFacts, goal: Goal| plan(facts, &goal, &rules()).unwrap().is_met;
    let facts = photo(800, 600);
    let small = Goal {
        max_bytes: Some(3_000_000),
        max_side: Some(800),
        ..Goal::default()
    };
    assert!(is_met(&facts, small));
    assert!(is_met(&facts, Goal::default()));

    let one_byte_less = Goal {
        max_bytes: Some(2_999_999),
        ..Goal::default()
    };
    assert!(!is_met(&facts, one_byte_less));
    let as_png = Goal {
        format: Some(OutputFormat::Png),
        ..Goal::default()
    };
    assert!(!is_met(&facts, as_png));
    let as_fine = Goal {
        quality: Some(80),
        ..Goal::default()
    };
    assert!(!is_met(&facts, as_fine));

    let image = |format, image| MediaFacts::image(format, Size::new(800, 600), image);
    let turned = ImageFacts {
        orientation: Orientation::new(3).unwrap(),
        ..ImageFacts::default()
    };
    let moving = ImageFacts {
        animated: Some(true),
        ..ImageFacts::default()
    };
    assert!(!is_met(&image(Format::Jpeg, turned), Goal::default()));
    assert!(!is_met(&image(Format::Webp, moving), Goal::default()));
    let bmp = image(Format::Bmp, ImageFacts::default());
    assert!(!is_met(&bmp, Goal::default()));
    let unknown_length = image(Format::Png, ImageFacts::default());
    assert!(!is_met(&unknown_length, small));
}

#[test]
fn quality_is_searched_only_where_bytes_are_part_of_the_goal() {
    let quality = |goal: Goal| plan(&photo(800, 600), &goal, &rules()).unwrap().quality;
    let bytes = Goal {
        max_bytes: Some(50_000),
        ..Goal::default()
    };
    assert_eq!(
        quality(bytes),
        Quality::Highest {
            least: 40,
            best: 92
        }
    );
    assert_eq!(quality(Goal::default()), Quality::Fixed(92));
    let fixed = Goal {
        quality: Some(7),
        ..bytes
    };
    assert_eq!(quality(fixed), Quality::Fixed(7));
}

#[test]
fn a_goal_that_no_image_meets_is_refused() {
    let refusal = |goal: Goal| plan(&photo(800, 600), &goal, &rules()).unwrap_err();
    let one_byte = refusal(Goal {
        max_bytes: Some(1),
        ..Goal::default()
    });
    assert_eq!(one_byte.code(), ErrorCode::Limit);
    assert!(one_byte.to_string().contains("1 B"), "{one_byte}");
    for (what, goal) in [
        (
            "maxBytes",
            Goal {
                max_bytes: Some(0),
                ..Goal::default()
            },
        ),
        (
            "maxTokens",
            Goal {
                max_tokens: Some(0),
                ..Goal::default()
            },
        ),
        (
            "maxSide",
            Goal {
                max_side: Some(0),
                ..Goal::default()
            },
        ),
        (
            "quality",
            Goal {
                quality: Some(0),
                ..Goal::default()
            },
        ),
        (
            "quality",
            Goal {
                quality: Some(101),
                ..Goal::default()
            },
        ),
    ] {
        let error = refusal(goal);
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
        assert!(error.to_string().starts_with(what), "{error}");
    }
}

#[test]
fn the_next_cheaper_sizes_lie_just_under_the_steps_of_a_tile() {
    let rules = rules();
    let sizes = |rule, most| {
        let sizes = Sizes::new(Size::new(100, 100), rule, &rules);
        let cheaper: Vec<_> = sizes
            .cheaper(&price())
            .map(|size| (size.width, size.tokens))
            .collect();
        assert_eq!(cheaper.len(), most);
        cheaper
    };
    // 98 is seven tiles of 14, 97 is six and a rest that counts for nothing.
    assert_eq!(
        sizes(Rule::Published, 6),
        [(97, 36), (83, 25), (69, 16), (55, 9), (41, 4), (27, 1)]
    );
    // 100 is padded to four tiles of 28, 84 is three.
    assert_eq!(sizes(Rule::Processor, 3), [(84, 9), (56, 4), (28, 1)]);
}

#[test]
fn a_cheaper_size_says_what_it_saves() {
    let rules = rules();
    let sizes = Sizes::new(Size::new(1024, 1024), Rule::Published, &rules);
    let next = sizes.cheaper(&price()).next().unwrap();
    assert_eq!(
        next,
        CheaperSize {
            width: 1021,
            height: 1021,
            tokens: 72 * 72,
            saved_tokens: 73 * 73 - 72 * 72,
            saved_usd: Some(price().input.unwrap().of(145)),
        }
    );
    let unpriced = sizes.cheaper(&Prices::default()).next().unwrap();
    assert_eq!(unpriced.saved_usd, None);
}

#[test]
fn what_the_processor_would_scale_down_itself_is_no_loss() {
    let rules = rules();
    let seen = |width, height| {
        let sizes = Sizes::new(Size::new(width, height), Rule::Processor, &rules);
        sizes.seen()
    };
    let size = seen(4032, 3024);
    assert!(size.width < 4032);
    assert!((size.width / 14) * (size.height / 14) <= 16_384);
    let wider = Size::new(size.width + 4, size.height + 3);
    assert!((wider.width / 14) * (wider.height / 14) > 16_384 - 300);
    assert_eq!(seen(1024, 768), Size::new(1024, 768));
    assert_eq!(seen(20_000, 10).width, 7_168);
}

#[test]
fn sizes_of_a_step_each_cost_at_least_that_much_less_however_large_the_image() {
    let rules = rules();
    for (width, height) in [(4000, 3000), (1 << 31, 1 << 31), (u64::MAX, 1), (1, 1)] {
        for rule in Rule::ALL {
            let sizes = Sizes::new(Size::new(width, height), rule, &rules);
            let step = sizes.tokens(sizes.upright()).unwrap().div_ceil(100);
            let tokens: Vec<_> = sizes
                .cheaper_by(step)
                .filter_map(|size| sizes.tokens(size))
                .collect();
            assert!(tokens.len() <= 101, "{} sizes", tokens.len());
            assert!(tokens.windows(2).all(|pair| pair[0] - pair[1] >= step));
        }
    }
}

#[test]
fn of_two_goals_the_stricter_bounds_hold() {
    let chosen = Goal {
        max_side: Some(900),
        format: Some(OutputFormat::Png),
        ..Goal::default()
    };
    let share = Goal {
        max_bytes: Some(50_000),
        max_side: Some(2_000),
        max_tokens: Some(100),
        rule: Some(Rule::Processor),
        ..Goal::default()
    };
    let both = Goal {
        max_side: Some(900),
        format: Some(OutputFormat::Png),
        ..share
    };
    assert_eq!(chosen.and(share), both);
    assert_eq!(share.and(chosen), both);
    let other_rule = within(50, Rule::Published);
    assert_eq!(share.and(other_rule).max_tokens, Some(100));
}

#[test]
fn a_file_is_renamed_only_where_its_name_would_promise_another_format() {
    let named = |format: Format, name: &str| format.rename(name);
    assert_eq!(named(Format::Jpeg, "a.JPEG"), "a.JPEG");
    assert_eq!(named(Format::Jpeg, "scan.1.tiff"), "scan.1.jpg");
    assert_eq!(named(Format::Png, "2026.11.25"), "2026.11.25.png");
    assert_eq!(named(Format::Webp, "photo"), "photo.webp");
}

fn draft(parts: Vec<MediaPart>) -> Draft {
    Draft {
        media: parts,
        ..Draft::new(MODEL, "What is on these?")
    }
}

fn in_body(facts: MediaFacts, bytes: u64) -> MediaPart {
    MediaPart::base64(facts.with_bytes(bytes))
}

#[test]
fn a_body_that_fits_stays_as_it_is() {
    let draft = draft(vec![in_body(photo(800, 600), 100_000)]);
    let budget = budget(&draft, &Limits::default(), &[Reach::Uploadable]).unwrap();
    assert_eq!(budget.actions, [Action::Keep]);
    assert!(budget.steps.is_empty());
    assert_eq!(budget.body_bytes, Body::streamed(&draft).len());
}

#[test]
fn an_image_with_a_known_address_goes_by_it_before_any_is_shrunk() {
    let draft = draft(vec![
        in_body(photo(800, 600), 1_000_000),
        in_body(photo(4000, 3000), 4_000_000),
        in_body(photo(4000, 3000), 3_000_000),
    ]);
    let url = "https://example.org/2.jpg".to_owned();
    let reach = [Reach::Here, Reach::At(url.clone()), Reach::Uploadable];
    let budget = budget(&draft, &Limits::default(), &reach).unwrap();
    let by_known_url = Action::ByUrl(Some(url));
    assert_eq!(
        budget.actions,
        [Action::Keep, by_known_url, Action::ByUrl(None)]
    );
    assert!(budget.body_bytes <= 5_000_000);
}

#[test]
fn an_image_that_cannot_be_decoded_stays_as_it_is_and_the_others_make_room_for_it() {
    let heic = MediaFacts::image(Format::Heic, Size::new(4032, 3024), ImageFacts::default());
    let draft = draft(vec![
        in_body(heic, 2_000_000),
        in_body(photo(4000, 3000), 3_000_000),
    ]);
    let limits = Limits {
        max_body_bytes: Some(4_000_000),
        ..Limits::default()
    };
    let free = budget(&draft, &limits, &[]).unwrap();
    assert!(matches!(free.actions.first(), Some(Action::Shrink(_))));
    let fixed = budget(&draft, &limits, &[Reach::Fixed, Reach::Here]).unwrap();
    assert!(matches!(
        fixed.actions[..],
        [Action::Keep, Action::Shrink(_)]
    ));
    assert!(fixed.body_bytes <= 4_000_000);
    let alone = Limits {
        max_body_bytes: Some(2_000_000),
        ..Limits::default()
    };
    let error = budget(&draft, &alone, &[Reach::Fixed, Reach::Here]).unwrap_err();
    assert!(matches!(error, PrepareError::BodyUnmeetable { .. }));
}

#[test]
fn no_more_images_go_by_url_than_needed_and_none_that_the_endpoint_would_refuse() {
    let draft = draft(vec![
        in_body(photo(4000, 3000), 1_000_000),
        in_body(photo(4000, 3000), 3_000_000),
    ]);
    let at = |url: &str| Reach::At(url.to_owned());
    let actions = |reach: &[Reach], limits: &Limits| budget(&draft, limits, reach).unwrap().actions;
    let both = [at("https://example.org/1"), at("https://example.org/2")];
    let by_second = Action::ByUrl(Some("https://example.org/2".to_owned()));
    assert_eq!(
        actions(&both, &Limits::default()),
        [Action::Keep, by_second]
    );

    let private = [at("https://10.0.0.1/1"), at("http://example.org/2")];
    let refused = actions(&private, &Limits::default());
    assert!(
        !refused
            .iter()
            .any(|action| matches!(action, Action::ByUrl(_)))
    );
    let too_large = Limits {
        max_image_bytes: Some(999_999),
        ..Limits::default()
    };
    let refused = actions(&both, &too_large);
    assert!(
        !refused
            .iter()
            .any(|action| matches!(action, Action::ByUrl(_)))
    );
}

#[test]
fn what_needs_less_than_its_share_stays_and_the_rest_is_shared_by_what_the_model_sees() {
    let draft = draft(vec![
        in_body(photo(400, 300), 20_000),
        in_body(photo(1000, 1000), 4_000_000),
        in_body(photo(1000, 500), 4_000_000),
    ]);
    let budget = budget(&draft, &Limits::default(), &[]).unwrap();
    let bytes = |index: usize| match &budget.actions[index] {
        Action::Shrink(goal) => goal.max_bytes.unwrap(),
        other => panic!("{other:?}"),
    };
    assert_eq!(budget.actions[0], Action::Keep);
    let ratio = bytes(1) as f64 / bytes(2) as f64;
    assert!((1.99..2.01).contains(&ratio), "{ratio}");
    assert!((4_999_000..=5_000_000).contains(&budget.body_bytes));
}

#[test]
fn a_shrunk_image_is_no_larger_than_the_model_sees_it() {
    let draft = draft(vec![in_body(photo(4032, 3024), 9_000_000)]);
    let budget = budget(&draft, &Limits::default(), &[]).unwrap();
    let [Action::Shrink(goal)] = &budget.actions[..] else {
        panic!("{:?}", budget.actions)
    };
    let side = goal.max_side.unwrap();
    assert!((2000..2100).contains(&side), "{side}");
    assert!(budget.steps[0].text.contains("scales it down anyway"));
}

#[test]
fn an_image_that_is_to_be_turned_is_so_within_its_own_bytes_whatever_else_is_done() {
    let draft = draft(vec![
        in_body(photo(800, 600), 100_000),
        in_body(photo(800, 600), 100_000),
        in_body(photo(4032, 3024), 9_000_000),
        MediaPart::url(
            photo(800, 600).with_bytes(100_000),
            "https://example.org/4.jpg",
        ),
    ]);
    let reach = [Reach::Here, Reach::Fixed];
    let budget = budget_upright(&draft, &Limits::default(), &reach, &[0, 1, 2, 3, 9]).unwrap();
    let turned = Goal {
        max_bytes: Some(100_000),
        ..Goal::default()
    };
    assert_eq!(
        (&budget.actions[0], &budget.actions[1], &budget.actions[3]),
        (&Action::Shrink(turned), &Action::Keep, &Action::Keep)
    );
    let texts: Vec<_> = budget.steps.iter().map(|step| &*step.text).collect();
    assert_eq!((texts.len(), texts[0]), (2, "turned upright"));
    assert!(
        texts[1].starts_with("turned upright, 9.00 MB → at most "),
        "{texts:?}"
    );
    assert!(budget.body_bytes <= 5_000_000);
}

#[test]
fn a_converted_image_is_named_with_the_bytes_that_it_has() {
    let bmp = MediaFacts::image(Format::Bmp, Size::new(1600, 1200), ImageFacts::default());
    let draft = draft(vec![in_body(bmp, 5_760_000)]);
    let budget = budget(&draft, &Limits::default(), &[]).unwrap();
    let text = &*budget.steps[0].text;
    assert!(
        text.contains("5.76 MB → at most") && !text.contains("11.52"),
        "{text}"
    );
}

#[test]
fn a_body_whose_text_alone_is_too_long_cannot_be_made_to_fit() {
    let mut draft = draft(vec![in_body(photo(400, 300), 20_000)]);
    draft.text = "word ".repeat(1_000_000);
    let error = budget(&draft, &Limits::default(), &[]).unwrap_err();
    assert!(matches!(error, PrepareError::BodyUnmeetable { .. }));
    assert_eq!(error.code(), ErrorCode::Limit);
}

#[test]
fn an_image_that_breaks_a_limit_of_its_own_is_prepared_to_it_however_short_the_body_is() {
    let planned = |provider: &str, model: &str, parts: Vec<MediaPart>| {
        let draft = Draft {
            provider: Some(provider.into()),
            ..Draft {
                media: parts,
                ..Draft::new(model, "What is this?")
            }
        };
        let before = estimate(&draft, &EstimateOptions::default());
        let budget = budget(&draft, &Limits::default(), &[]).unwrap();
        let mut done = draft.clone();
        for (part, action) in done.media.iter_mut().zip(&budget.actions) {
            let Action::Shrink(goal) = action else {
                continue;
            };
            let rules = draft.known_model().and_then(Model::rules).unwrap();
            let size = plan(&part.facts, goal, &rules).unwrap().size;
            let format = match goal.format() {
                OutputFormat::Png => Format::Png,
                _ => Format::Jpeg,
            };
            let facts = MediaFacts::image(format, size, ImageFacts::default());
            *part = in_body(facts, goal.max_bytes.or(part.facts.bytes).unwrap());
        }
        let after = estimate(&done, &EstimateOptions::default());
        assert!(before.errors().next().is_some(), "{:?}", before.violations);
        assert_eq!(after.errors().next(), None);
        assert!(after.body_bytes <= budget.body_bytes);
        let steps = budget.steps.into_iter().map(|step| step.text);
        steps.collect::<Vec<_>>()
    };
    // Claude: 8,000 pixels, or 2,000 of more than 20 images; 5 MB of one image in base64.
    let steps = planned(
        "anthropic",
        "claude-opus-5",
        vec![in_body(photo(9_000, 300), 90_000)],
    );
    assert_eq!(
        steps,
        ["no side over 8,000 pixels, the most that is allowed"]
    );
    let many = vec![in_body(photo(2_400, 300), 90_000); 21];
    let steps = planned("anthropic", "claude-opus-5", many);
    assert_eq!(steps.len(), 21);
    assert!(
        steps[20].starts_with("no side over 2,000 pixels"),
        "{}",
        steps[20]
    );
    let steps = planned(
        "anthropic",
        "claude-opus-5",
        vec![in_body(photo(4_000, 3_000), 12_000_000)],
    );
    assert!(
        steps[0].contains("which one image may have"),
        "{}",
        steps[0]
    );
    // A format that it does not take.
    let tiff = MediaFacts::image(Format::Tiff, Size::new(800, 600), ImageFacts::default());
    let steps = planned("anthropic", "claude-opus-5", vec![in_body(tiff, 90_000)]);
    assert!(
        steps[0].starts_with("converted to PNG, since Claude Opus 5 does not take "),
        "{}",
        steps[0]
    );
}

#[test]
fn an_image_of_too_many_patches_is_scaled_to_the_largest_size_of_few_enough() {
    let part = MediaPart {
        detail: Some(Detail::Original),
        ..in_body(photo(8_000, 5_000), 90_000)
    };
    let mut draft = draft(vec![part]);
    draft.provider = Some("openai".into());
    draft.model = "gpt-6.2-sol".into();
    let before = estimate(&draft, &EstimateOptions::default());
    let code = |code| {
        before
            .violations
            .iter()
            .any(|violation| violation.code == code)
    };
    assert!(
        code(ViolationCode::TooManyPatches),
        "{:?}",
        before.violations
    );

    let budget = budget(&draft, &Limits::default(), &[]).unwrap();
    let [Action::Shrink(goal)] = &budget.actions[..] else {
        panic!("{:?}", budget.actions)
    };
    let rules = draft.known_model().and_then(Model::rules).unwrap();
    let side = goal.max_side.unwrap();
    let patches = |side| {
        let upright = Size::new(8_000, 5_000);
        let size = Sizes::new(upright, rules.chosen(None), &rules).with_side(side);
        rules
            .family()
            .patches(size, Some(Detail::Original))
            .unwrap()
    };
    assert!(
        patches(side) <= 30_000 && patches(side + 1) > 30_000,
        "{side}"
    );
}

fn any_rule() -> impl Strategy<Value = Rule> {
    prop_oneof![Just(Rule::Published), Just(Rule::Processor)]
}

proptest! {
    #[test]
    fn a_planned_size_meets_its_goal_keeps_its_aspect_and_never_grows(
        width in 1_u64..12_000, height in 1_u64..12_000, orientation in 1_u8..=8,
        rule in any_rule(), max_tokens in 1_u64..20_000, max_side in 1_u64..9_000,
    ) {
        let image = ImageFacts {
            orientation: Orientation::new(orientation).unwrap(),
            ..ImageFacts::default()
        };
        let facts = MediaFacts::image(Format::Png, Size::new(width, height), image);
        let goal = Goal { max_side: Some(max_side), ..within(max_tokens, rule) };
        let plan = plan(&facts, &goal, &rules()).unwrap();
        let Size { width, height } = plan.size;
        prop_assert!(width <= facts.display_width && height <= facts.display_height);
        prop_assert!(width.max(height) <= max_side);
        prop_assert!(tokens(rule, plan.size) <= max_tokens);
        prop_assert_eq!(plan.tokens.by(rule), Some(tokens(rule, plan.size)));
        // Within a pixel of the exact aspect, and a side of at least one.
        let (longer, shorter) = if facts.display_width >= facts.display_height { (width as f64 / facts.display_width as f64 * facts.display_height as f64, height) } else { (height as f64 / facts.display_height as f64 * facts.display_width as f64, width) };
        prop_assert!((longer - shorter as f64).abs() < 1.0);
    }

    #[test]
    fn one_pixel_more_of_the_longer_side_would_cost_too_much(
        width in 1_u64..6_000, height in 1_u64..6_000, rule in any_rule(), share in 0.001_f64..0.9,
    ) {
        let rules = rules();
        let sizes = Sizes::new(Size::new(width, height), rule, &rules);
        let most = (sizes.tokens(sizes.seen()).unwrap() as f64 * share).ceil() as u64;
        let size = sizes.within(Some(most), u64::MAX).unwrap();
        if size != sizes.upright() {
            let next = sizes.with_side(size.width.max(size.height) + 1);
            prop_assert!(sizes.tokens(next) > Some(most));
        }
    }

    #[test]
    fn a_budget_fits_or_says_why_not(
        bytes in prop::collection::vec(1_u64..8_000_000, 1..40),
        sides in prop::collection::vec(1_u64..6_000, 40),
        allowed in 1_000_u64..8_000_000,
        reachable in prop::collection::vec(0_u8..3, 40),
    ) {
        let parts = bytes.iter().zip(&sides).map(|(bytes, side)| in_body(photo(*side, 2_000), *bytes));
        let draft = draft(parts.collect());
        let reach: Vec<_> = reachable.iter().map(|kind| match kind {
            0 => Reach::Here,
            1 => Reach::At("https://example.org/a.jpg".into()),
            _ => Reach::Uploadable,
        }).collect();
        let limits = Limits { max_body_bytes: Some(allowed), ..Limits::default() };
        let Ok(budget) = budget(&draft, &limits, &reach) else {
            // Only where next to nothing is allowed an image.
            prop_assert!(allowed < 4_000 + 2_200 * bytes.len() as u64);
            return Ok(());
        };
        prop_assert!(budget.body_bytes <= allowed);
        let mut done = draft.clone();
        for (part, action) in done.media.iter_mut().zip(&budget.actions) {
            match action {
                Action::Keep => {}
                Action::ByUrl(url) => part.via = Via::Url(Some(url.clone().unwrap_or_default())),
                Action::Shrink(goal) => {
                    prop_assert!(goal.check().is_ok());
                    prop_assert!(goal.max_bytes < part.facts.bytes);
                    part.facts.mime = "image/webp".into();
                    part.via = Via::Base64 { bytes: goal.max_bytes };
                }
            }
        }
        prop_assert!(Body::streamed(&done).len() <= allowed);
        let changed = budget.actions.iter().filter(|action| **action != Action::Keep).count();
        prop_assert_eq!(changed, budget.steps.len());
    }
}
