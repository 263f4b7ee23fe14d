//! Zoom, drag and pinch.
#![cfg(test)]

use proptest::prelude::*;
use tilewise::catalog;
use tilewise::media::{Format, ImageFacts, MediaFacts, Orientation, Rotation, Size, VideoFacts};
use tilewise::rule::{Options, Rule};
use tilewise_www_core::view::{Gesture, Mesh, Pair, Pointers, Turn, View, wheel_zoom};

const STAGE: Pair = (832.0, 632.0);
const IMAGE: Pair = (1600.0, 1200.0);

/// The point of the image that lies at a point of the stage.
fn under(view: View, at: Pair) -> Pair {
    (
        (at.0 - view.offset.0) / view.scale,
        (at.1 - view.offset.1) / view.scale,
    )
}

fn is_near(one: Pair, other: Pair) -> bool {
    (one.0 - other.0).hypot(one.1 - other.1) < 1e-6
}

#[test]
fn an_image_that_fits_lies_in_the_middle_with_a_margin() {
    let view = View::fit(STAGE, IMAGE);
    assert_eq!((view.scale, view.offset), (0.5, (16.0, 16.0)));
}

#[test]
fn a_tiny_image_is_enlarged_to_forty_pixels_for_one_at_most() {
    let view = View::fit(STAGE, (2.0, 1.0));
    assert_eq!((view.scale, view.offset), (40.0, (376.0, 296.0)));
}

#[test]
fn zooming_keeps_the_point_under_the_pointer_where_it_is() {
    let at = (300.0, 200.0);
    let view = View::fit(STAGE, IMAGE);
    let zoomed = view.zoomed(3.0, at, STAGE, IMAGE);
    assert_eq!(zoomed.scale, 1.5);
    assert!(is_near(under(view, at), under(zoomed, at)));
}

#[test]
fn zooming_stops_at_half_of_what_fits_and_at_forty_pixels_for_one() {
    let view = View::fit(STAGE, IMAGE);
    let middle = (416.0, 316.0);
    assert_eq!(view.zoomed(1e-9, middle, STAGE, IMAGE).scale, 0.25);
    assert_eq!(view.zoomed(1e9, middle, STAGE, IMAGE).scale, 40.0);
}

#[test]
fn a_drag_moves_the_image_and_never_off_the_middle_of_the_stage() {
    let view = View::fit(STAGE, IMAGE);
    let moved = view.moved((50.0, -30.0), STAGE, IMAGE);
    assert_eq!(moved.offset, (66.0, -14.0));
    let far = view.moved((1e6, -1e6), STAGE, IMAGE);
    assert_eq!(far.offset, (416.0, 316.0 - 600.0));
}

#[test]
fn a_wheel_towards_the_user_makes_it_smaller_by_half_each_240_pixels() {
    assert_eq!(wheel_zoom(240.0), 0.5);
    assert_eq!(wheel_zoom(-480.0), 4.0);
}

#[test]
fn one_pointer_drags() {
    let mut pointers = Pointers::default();
    pointers.press(1, (10.0, 10.0));
    let gesture = pointers.drag(1, (15.0, 4.0));
    let shift = (5.0, -6.0);
    assert_eq!(gesture, Some(Gesture { shift, zoom: None }));
    assert_eq!(pointers.drag(7, (0.0, 0.0)), None);
    pointers.release(1);
    assert_eq!(pointers.drag(1, (0.0, 0.0)), None);
}

#[test]
fn two_pointers_pinch_around_their_middle() {
    let mut pointers = Pointers::default();
    pointers.press(1, (100.0, 100.0));
    pointers.press(2, (200.0, 100.0));
    let gesture = pointers.drag(2, (300.0, 100.0)).unwrap();
    assert_eq!(gesture.shift, (50.0, 0.0));
    assert_eq!(gesture.zoom, Some((2.0, (200.0, 100.0))));
}

#[test]
fn two_pointers_that_part_evenly_enlarge_around_the_point_between_them() {
    let mut pointers = Pointers::default();
    let middle = (416.0, 316.0);
    pointers.press(1, (middle.0 - 40.0, middle.1));
    pointers.press(2, (middle.0 + 40.0, middle.1));
    let before = View::fit(STAGE, IMAGE);
    let mut view = before;
    for apart in [60.0, 80.0, 100.0, 120.0] {
        for (id, side) in [(1, -1.0), (2, 1.0)] {
            let gesture = pointers.drag(id, (middle.0 + side * apart, middle.1));
            let Gesture { shift, zoom } = gesture.unwrap();
            let (factor, at) = zoom.unwrap();
            view = view
                .moved(shift, STAGE, IMAGE)
                .zoomed(factor, at, STAGE, IMAGE);
        }
    }
    assert!((view.scale / before.scale - 3.0).abs() < 1e-9);
    assert!(is_near(under(view, middle), under(before, middle)));
}

#[test]
fn each_orientation_puts_the_corners_of_an_image_where_viewers_do() {
    let size = Size::new(40, 30);
    // The corners that the upper left and the lower right one of the file become, by EXIF's table.
    let corners = [
        (1, (0.0, 0.0), (40.0, 30.0)),
        (2, (40.0, 0.0), (0.0, 30.0)),
        (3, (40.0, 30.0), (0.0, 0.0)),
        (4, (0.0, 30.0), (40.0, 0.0)),
        (5, (0.0, 0.0), (30.0, 40.0)),
        (6, (30.0, 0.0), (0.0, 40.0)),
        (7, (30.0, 40.0), (0.0, 0.0)),
        (8, (0.0, 40.0), (30.0, 0.0)),
    ];
    for (number, first, last) in corners {
        let image = ImageFacts {
            orientation: Orientation::new(number).unwrap(),
            ..ImageFacts::default()
        };
        let turn = Turn::upright(&MediaFacts::image(Format::Jpeg, size, image));
        let [a, b, c, d, e, f] = View::default().matrix(turn);
        let put = |(x, y): Pair| (a * x + c * y + e, b * x + d * y + f);
        assert_eq!(
            (put((0.0, 0.0)), put((40.0, 30.0))),
            (first, last),
            "{number}"
        );
        let shown = if number > 4 {
            (30.0, 40.0)
        } else {
            (40.0, 30.0)
        };
        assert_eq!(turn.of((40.0, 30.0)), shown);
    }
}

#[test]
fn a_rotated_video_is_turned_clockwise() {
    let size = Size::new(40, 30);
    let turn = |rotation| {
        let video = VideoFacts {
            rotation: Rotation::new(rotation).unwrap(),
            ..VideoFacts::default()
        };
        Turn::upright(&MediaFacts::video(Format::Mp4, size, video))
    };
    assert_eq!(turn(0), Turn::NONE);
    assert_eq!(turn(90).of((40.0, 30.0)), (30.0, 40.0));
    assert_eq!(turn(180).of((40.0, 30.0)), (40.0, 30.0));
}

#[test]
fn tiles_are_stretched_over_the_stored_pixels() {
    let rules = catalog::find("moonshotai/Kimi-K2.5")
        .unwrap()
        .rules()
        .unwrap();
    let stored = Size::new(4032, 3024);
    let grid = |rule| {
        let count = rules.image(rule, stored, &Options::default()).unwrap();
        count.grid.unwrap()
    };
    let published = grid(Rule::Published);
    let grid = grid(Rule::Processor);
    let mesh = Mesh::new(&grid, stored);
    assert_eq!(mesh.image, (4032.0, 3024.0));
    let scale = 4032.0 / grid.content_width as f64;
    assert!((mesh.tile.0 - 28.0 * scale).abs() < 1e-9);
    let exact = Mesh::new(&published, stored);
    assert_eq!(exact.tile, (14.0, 14.0));
    assert_eq!(exact.towards(&mesh, 0.0), exact);
    assert_eq!(exact.towards(&mesh, 1.0), mesh);
}

proptest! {
    #[test]
    fn whatever_is_done_the_image_stays_over_the_middle(
        steps in prop::collection::vec((-1e4..1e4_f64, -1e4..1e4_f64, 0.01..100.0_f64), 1..20),
        width in 1.0..1e5_f64, height in 1.0..1e5_f64,
    ) {
        let shown = (width, height);
        let mut view = View::fit(STAGE, shown);
        for (x, y, factor) in steps {
            view = view.moved((x, y), STAGE, shown).zoomed(factor, (x, y), STAGE, shown);
            let (x, y) = under(view, (STAGE.0 / 2.0, STAGE.1 / 2.0));
            prop_assert!((-1e-6..=width + 1e-6).contains(&x) && (-1e-6..=height + 1e-6).contains(&y));
        }
    }
}

#[test]
fn tiles_too_small_to_be_seen_share_a_line_and_lines_stay_as_others_come_between() {
    let mesh = Mesh {
        tile: (14.0, 16.0),
        covered: (1_400.0, 1_600.0),
        frame: (1_400.0, 1_600.0),
        image: (1_400.0, 1_600.0),
    };
    assert_eq!(mesh.tiles_a_line(0.5), 1, "7 pixels of the screen");
    assert_eq!(mesh.tiles_a_line(0.3), 4, "4.2");
    assert_eq!(mesh.tiles_a_line(0.1), 16, "1.4");
    assert!(mesh.tiles_a_line(0.0) > 1_000, "and ends");
}

#[test]
fn a_point_of_the_stage_names_the_tile_under_it_also_where_it_is_turned() {
    let model = catalog::find("moonshotai/Kimi-K2.5").unwrap();
    let rules = model.rules().unwrap();
    let size = Size::new(280, 140);
    let count = rules.image(Rule::Published, size, &Options::default());
    let mesh = Mesh::new(&count.unwrap().grid.unwrap(), size);
    let upright = [2.0, 0.0, 0.0, 2.0, 10.0, 20.0];
    assert_eq!(mesh.tile_at(upright, (10.5, 20.5)), Some((0, 0)));
    assert_eq!(
        mesh.tile_at(upright, (10.0 + 29.0, 20.0 + 57.0)),
        Some((1, 2))
    );
    assert_eq!(mesh.tile_at(upright, (9.0, 20.0)), None);
    assert_eq!(mesh.tile_at(upright, (10.0 + 561.0, 20.0)), None);
    // A quarter to the right: what lay below lies to the left.
    let turned = [0.0, 1.0, -1.0, 0.0, 140.0, 0.0];
    assert_eq!(mesh.tile_at(turned, (139.5, 0.5)), Some((0, 0)));
    assert_eq!(mesh.tile_at(turned, (0.5, 15.0)), Some((1, 9)));
}
