//! Photos that are made to fit: one, or as many as the body needs; which wait, which are worked on, and the way back.

use super::estimate::EstimateState;
use super::items::{FitPhase, Inspection, Item, ItemList, Made, Preview};
use super::model::ModelState;
use crate::codecs::{Prepared, prepare};
use crate::package::ModuleFailure;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::VecDeque;
use std::sync::Arc;
use tilewise::catalog::Limits;
use tilewise::media::{Format, MediaFacts, Size};
use tilewise::prepare::budget::{Action, Budget, Reach, budget_upright};
use tilewise::prepare::plan::plan;
use tilewise::prepare::sizes::Sizes;
use tilewise::prepare::{Goal, OutputFormat};
use tilewise::units::{bytes, counted, grouped};
use tilewise::violation::ViolationCode;
use tilewise::web::Data;
use tilewise_www_core::fixed::{Fixed, kept_frames};
use tilewise_www_core::size_curve::SizeCurve;
use web_sys::AbortController;

/// The package works on no more at a time; what waits here can be cancelled without ending a worker.
const MAX_AT_ONCE: usize = 4;

/// Of a body that must shrink, one part in so many stays free: a longer question must not break the limit again.
const FREE: u64 = 20;

/// More photos than these are planned in one line.
const MAX_NAMED: usize = 5;

/// As `units::bytes` writes them.
const KILOBYTE: u64 = 1_000;

#[derive(Clone, Copy, Debug)]
pub(crate) struct FitState {
    /// Counts the photos that were asked for together, or while others were worked on.
    pub(crate) run: RwSignal<Run>,
    pub(crate) is_running: Memo<bool>,
    /// Photos that are done, and shares of those that are worked on.
    pub(crate) progress: RwSignal<f64>,
    queue: StoredValue<VecDeque<Job>, LocalStorage>,
    running: StoredValue<Vec<(usize, AbortController)>, LocalStorage>,
    /// The item whose card takes the focus when it appears, in place of the one that had it.
    focus: StoredValue<Option<usize>>,
    list: ItemList,
    model: ModelState,
    estimate: EstimateState,
}

/// One photo to be made to fit.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// As it stands in the list.
    pub(crate) item: Item,
    pub(crate) goal: Goal,
}

/// How many photos ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) total: usize,
    pub(crate) made: usize,
    pub(crate) met: usize,
    pub(crate) failed: usize,
    pub(crate) cancelled: usize,
}

/// How the whole request can be made to fit, to be read before it is done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) budget: Budget,
    /// What is done to which photos: each by its name where they are few, else all together.
    pub(crate) steps: Vec<(String, String)>,
}

/// What a person asks for one photo.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FitForm {
    /// The index of a point in the curve of sizes; `None` while the slider was not moved.
    pub(crate) point: RwSignal<Option<usize>>,
    pub(crate) format: RwSignal<OutputFormat>,
    pub(crate) max_kilobytes: RwSignal<Option<u64>>,
    /// 1 to 100; `None` for as good as the bytes allow.
    pub(crate) quality: RwSignal<Option<u8>>,
    /// What the photo was made to: asked for again until something is changed.
    kept: Goal,
}

impl FitState {
    pub(crate) fn new(list: ItemList, model: ModelState, estimate: EstimateState) -> Self {
        let run = RwSignal::new(Run::default());
        Self {
            run,
            is_running: Memo::new(move |_| run.with(Run::is_running)),
            progress: RwSignal::new(0.0),
            queue: StoredValue::new_local(VecDeque::new()),
            running: StoredValue::new_local(Vec::new()),
            focus: StoredValue::new(None),
            list,
            model,
            estimate,
        }
    }

    /// The sizes that one photo can have, by the chosen rule.
    pub(crate) fn sizes(&self, facts: &MediaFacts) -> Option<SizeCurve> {
        let rules = self.model.rules()?;
        let upright = Size::new(facts.display_width, facts.display_height);
        let sizes = Sizes::new(upright, self.model.counted_by(), &rules);
        Some(SizeCurve::new(&sizes))
    }

    /// What would be done to one photo, in words.
    pub(crate) fn forecast(&self, facts: &MediaFacts, goal: &Goal) -> String {
        let Some(rules) = self.model.rules() else {
            return String::new();
        };
        match plan(facts, goal, &rules) {
            Err(error) => error.sentence(),
            Ok(plan) if plan.is_met => "It already meets this, and would stay as it is.".to_owned(),
            Ok(plan) => {
                let mut steps = plan.steps();
                steps.push(match goal.max_bytes {
                    Some(most) => {
                        format!("encoded as well as {} allow, without metadata", bytes(most))
                    }
                    None => "encoded again, without metadata".to_owned(),
                });
                format!("It would be {}.", steps.join(", "))
            }
        }
    }

    /// How the whole request can be made to fit; `None` where nothing that is done to images would help, while that is under
    /// way, or of figures that came by a link.
    pub(crate) fn plan_for_all(&self) -> Option<Result<Plan, String>> {
        let (limits, turned) = self.estimate.estimate.with(|estimate| {
            let allowed = estimate.limits.max_body_bytes;
            let is_too_long = allowed.is_some_and(|allowed| estimate.body_bytes > allowed);
            let is_refused = estimate.errors().next().is_some();
            let rotated = estimate.violations.iter();
            let rotated = rotated.filter(|violation| violation.code == ViolationCode::Rotated);
            let turned: Vec<usize> = rotated.filter_map(|violation| violation.media).collect();
            (is_too_long || is_refused || !turned.is_empty()).then_some((estimate.limits, turned))
        })?;
        if self.is_running.get() || self.list.has_shared() {
            return None;
        }
        let items = self.list.sent_items();
        let reach: Vec<_> = items.iter().map(reach).collect();
        let within = |limits: &Limits| {
            let request = self.estimate.request;
            request.with(|draft| budget_upright(draft, limits, &reach, &turned))
        };
        let spacious = Limits {
            max_body_bytes: limits
                .max_body_bytes
                .map(|allowed| allowed - allowed / FREE),
            ..limits
        };
        let is_too_long = self.estimate.estimate.with(|estimate| {
            let allowed = limits.max_body_bytes;
            allowed.is_some_and(|allowed| estimate.body_bytes > allowed)
        });
        let planned = if is_too_long {
            within(&spacious).or_else(|_| within(&limits))
        } else {
            within(&limits)
        };
        let budget = match planned {
            Ok(budget) => budget,
            Err(error) => return Some(Err(error.sentence())),
        };
        if budget.steps.is_empty() {
            return None;
        }
        let mut steps = in_words(&budget, &items);
        let left_out = items.iter().filter(|item| item.is_undecodable());
        steps.extend(left_out.map(|item| {
            let why = "stays as it is, since this browser cannot decode it";
            (item.name.clone(), why.to_owned())
        }));
        if let Some(rules) = self.model.rules() {
            let request = self.estimate.request.read();
            let fixed = Fixed::new(&request, &budget, &rules);
            let cost = self.estimate.estimate.with(|before| {
                self.estimate
                    .options
                    .with(|options| fixed.cost(before, options))
            });
            steps.extend(what_changes(&fixed, cost, &items));
        }
        Some(Ok(Plan { steps, budget }))
    }

    /// The photos of the list that were made to fit.
    pub(crate) fn fitted(&self) -> Vec<Item> {
        let items = self.list.items.get().into_iter();
        items.filter(|item| item.made.is_some()).collect()
    }

    /// Puts all originals back into their places.
    pub(crate) fn undo_all(&self) {
        self.forget();
        self.list.items.update(|items| {
            for item in items {
                if let Some(made) = item.made.clone() {
                    made.original.fitting.set(FitPhase::Idle);
                    *item = made.original.clone();
                }
            }
        });
    }

    /// Carries out a plan for the whole request.
    pub(crate) fn fit_all(&self, plan: &Plan) {
        let items = untrack(|| self.list.sent_items());
        let mut jobs = Vec::new();
        for (item, action) in items.into_iter().zip(&plan.budget.actions) {
            match action {
                Action::Shrink(share) => {
                    let goal = item.made.as_ref().map(|made| made.goal).unwrap_or_default();
                    jobs.push(Job {
                        goal: goal.and(*share),
                        item,
                    });
                }
                Action::ByUrl(Some(_)) => item.by_url.set(true),
                Action::Keep | Action::ByUrl(None) => {}
            }
        }
        self.enqueue(jobs);
    }

    pub(crate) fn fit(&self, item: &Item, goal: Goal) {
        self.enqueue(vec![Job {
            item: item.clone(),
            goal,
        }]);
    }

    pub(crate) fn cancel(&self, id: usize) {
        let waiting = self.queue.try_update_value(|queue| {
            let at = queue.iter().position(|job| job.item.id == id)?;
            queue.remove(at)
        });
        if let Some(job) = waiting.flatten() {
            self.end(&job, FitPhase::Cancelled);
        }
        self.running.with_value(|running| {
            let own = running.iter().filter(|(running, _)| *running == id);
            own.for_each(|(_, abort)| abort.abort());
        });
    }

    pub(crate) fn cancel_all(&self) {
        let waiting = self.queue.try_update_value(std::mem::take);
        for job in waiting.unwrap_or_default() {
            self.end(&job, FitPhase::Cancelled);
        }
        let running = self.running.get_value();
        running.iter().for_each(|(_, abort)| abort.abort());
    }

    /// Puts the original back into its place.
    pub(crate) fn undo(&self, item: &Item) {
        let Some(made) = &item.made else {
            return;
        };
        made.original.fitting.set(FitPhase::Idle);
        self.forget();
        self.focus.set_value(Some(made.original.id));
        self.list.replace(item.id, made.original.clone());
    }

    /// Whether the card that now appears is to take the focus; true once.
    pub(crate) fn takes_focus(&self, id: usize) -> bool {
        let taken = self
            .focus
            .try_update_value(|focus| focus.take_if(|focus| *focus == id));
        taken.flatten().is_some()
    }

    /// Forgets the counts of the last run, which mean nothing once the list has changed.
    pub(crate) fn forget(&self) {
        let run = self.run;
        if run.with_untracked(|run| run.total > 0 && !run.is_running()) {
            run.set(Run::default());
        }
    }

    fn enqueue(&self, jobs: Vec<Job>) {
        if !self.run.with_untracked(Run::is_running) {
            self.run.set(Run::default());
            self.progress.set(0.0);
        }
        self.run.update(|run| run.total += jobs.len());
        for job in &jobs {
            job.item.fitting.set(FitPhase::Waiting);
        }
        self.queue.update_value(|queue| queue.extend(jobs));
        self.start_waiting();
    }

    fn start_waiting(&self) {
        while self.running.with_value(Vec::len) < MAX_AT_ONCE {
            let job = self.queue.try_update_value(|queue| queue.pop_front());
            let Some(job) = job.flatten() else {
                return;
            };
            match AbortController::new() {
                Ok(abort) => self.start(job, abort),
                Err(_) => {
                    let why = "This browser cannot abort a task.".to_owned();
                    self.end(&job, FitPhase::Failed(why));
                }
            }
        }
    }

    fn start(&self, job: Job, abort: AbortController) {
        let state = *self;
        let id = job.item.id;
        let phase = job.item.fitting.clone();
        let signal = abort.signal();
        self.running
            .update_value(|running| running.push((id, abort)));
        phase.set(FitPhase::Working(0.0));
        let tick = move |share: f64| {
            let before = phase.try_update_untracked(|phase| match phase {
                FitPhase::Working(before) => Some(std::mem::replace(before, share)),
                _ => None,
            });
            if let Some(before) = before.flatten() {
                phase.notify();
                state
                    .progress
                    .update(|progress| *progress += share - before);
            }
        };
        spawn_local(async move {
            let outcome = match job.source() {
                Some(source) => prepare(&source, &job.goal, &signal, tick).await,
                None => Err(ModuleFailure::Failed("The file is not here.".to_owned())),
            };
            state
                .running
                .update_value(|running| running.retain(|(running, _)| *running != id));
            state.take_in(&job, outcome);
            state.start_waiting();
        });
    }

    fn take_in(&self, job: &Job, outcome: Result<Prepared, ModuleFailure>) {
        match outcome {
            Err(ModuleFailure::Aborted) => self.end(job, FitPhase::Cancelled),
            Err(ModuleFailure::Failed(why)) => self.end(job, FitPhase::Failed(why)),
            Ok(prepared) if !prepared.changed => self.end(job, FitPhase::Met),
            Ok(prepared) => {
                let made = job.finish(self.list.next_id(), prepared);
                if has_focus(job.item.id) {
                    self.focus.set_value(made.as_ref().map(|made| made.id));
                }
                self.end(job, FitPhase::Idle);
                if let Some(made) = made {
                    self.list.replace(job.item.id, made);
                }
            }
        }
    }

    fn end(&self, job: &Job, phase: FitPhase) {
        let before = job.item.fitting.get_untracked();
        self.progress
            .update(|progress| *progress += 1.0 - before.share());
        self.run.update(|run| match phase {
            FitPhase::Met => run.met += 1,
            FitPhase::Cancelled => run.cancelled += 1,
            FitPhase::Failed(_) => run.failed += 1,
            FitPhase::Idle | FitPhase::Waiting | FitPhase::Working(_) => run.made += 1,
        });
        job.item.fitting.set(phase);
    }
}

impl Plan {
    /// The first of what is done, and how many lines follow; for where there is little room.
    pub(crate) fn in_short(&self) -> String {
        let first = self.steps.first();
        let first = first.map_or_else(String::new, |(name, step)| format!("{name}: {step}"));
        match self.steps.len() {
            0 | 1 => format!("Fix all: {first}."),
            count => format!("Fix all: {first}; {} more on the tab Cost.", count - 1),
        }
    }

    /// What is done to which photos, a line each.
    pub(crate) fn in_words(&self) -> String {
        let lines = self
            .steps
            .iter()
            .map(|(name, step)| format!("{name}: {step}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Run {
    pub(crate) fn is_running(&self) -> bool {
        self.over() < self.total
    }

    pub(crate) fn over(&self) -> usize {
        self.made + self.met + self.failed + self.cancelled
    }

    /// The counts in words.
    pub(crate) fn outcome(&self) -> String {
        let mut parts = vec![format!("{} of {} changed", self.made, self.total)];
        let others = [
            (self.met, "needed no change"),
            (self.failed, "could not be: open them to see why"),
            (self.cancelled, "cancelled"),
        ];
        let others = others.into_iter().filter(|(count, _)| *count > 0);
        parts.extend(others.map(|(count, what)| format!("{count} {what}")));
        format!("{}.", parts.join("; "))
    }
}

impl FitForm {
    /// Empty, or as it was filled in before.
    pub(crate) fn new(before: Option<Goal>) -> Self {
        let goal = before.unwrap_or_default();
        Self {
            point: RwSignal::new(None),
            format: RwSignal::new(goal.format()),
            max_kilobytes: RwSignal::new(goal.max_bytes.map(|bytes| bytes / KILOBYTE)),
            quality: RwSignal::new(goal.quality),
            kept: goal,
        }
    }

    /// The size that was made, as an index in the curve; `None` for the photo as it is.
    pub(crate) fn kept_point(&self, curve: Option<&SizeCurve>) -> Option<usize> {
        curve?.within(self.kept.max_side?)
    }

    /// The longest side in pixels that is asked for; `None` for the photo as it is.
    pub(crate) fn max_side(&self, curve: Option<&SizeCurve>) -> Option<u64> {
        match self.point.get() {
            Some(point) => curve.and_then(|curve| curve.max_side(point)),
            None => self.kept.max_side,
        }
    }

    pub(crate) fn goal(&self, curve: Option<&SizeCurve>) -> Goal {
        let max_kilobytes = self.max_kilobytes.get();
        let kept_kilobytes = self.kept.max_bytes.map(|bytes| bytes / KILOBYTE);
        // Bounds that the form does not show go with the size that they led to.
        let rest = match self.point.get() {
            Some(_) => Goal::default(),
            None => self.kept,
        };
        Goal {
            max_side: self.max_side(curve),
            max_bytes: if max_kilobytes == kept_kilobytes {
                self.kept.max_bytes
            } else {
                max_kilobytes.map(|kilobytes| kilobytes.saturating_mul(KILOBYTE))
            },
            format: Some(self.format.get()),
            quality: self.quality.get(),
            ..rest
        }
    }
}

impl Job {
    /// The original, so that nothing is lost twice.
    fn original(&self) -> &Item {
        let made = self.item.made.as_ref();
        made.map_or(&self.item, |made| &made.original)
    }

    fn source(&self) -> Option<Data> {
        self.original().file.clone()
    }

    fn finish(&self, id: usize, prepared: Prepared) -> Option<Item> {
        let original = self.original().clone();
        let before = original.facts()?;
        let name = prepared.facts.format.rename(&original.name);
        let mut steps = prepared.steps;
        steps.extend(kept_frame(&before, prepared.dropped_frames));
        let made = Made {
            original,
            before,
            goal: self.goal,
            steps,
        };
        let item = Item {
            preview: Some(Preview::of_file(&prepared.blob)),
            file: Some(Data::Blob(prepared.blob)),
            made: Some(Arc::new(made)),
            ..Item::new(id, name)
        };
        item.inspection.set(Inspection::Done(prepared.facts));
        Some(item)
    }
}

/// Where the endpoint could fetch an item from, as far as a person has said.
fn reach(item: &Item) -> Reach {
    let url = item.url.get().trim().to_owned();
    if item.file.is_some() && !url.is_empty() {
        Reach::At(url)
    } else if item.is_undecodable() {
        Reach::Fixed
    } else {
        Reach::Here
    }
}

/// Of an animation, which one image cannot show.
fn kept_frame(before: &MediaFacts, dropped: u64) -> Option<String> {
    let is_counted = matches!(before.format, Format::Gif | Format::Png | Format::Webp);
    match dropped {
        0 => None,
        dropped => {
            let frames = is_counted.then(|| dropped.saturating_add(1));
            Some(kept_frames(frames))
        }
    }
}

/// What the whole request costs then, and what is lost.
fn what_changes(fixed: &Fixed, cost: Option<String>, items: &[Item]) -> Vec<(String, String)> {
    let name = |index: usize| items.get(index).map(|item| item.name.clone());
    let mut lines: Vec<_> = fixed
        .stilled
        .iter()
        .take(MAX_NAMED)
        .filter_map(|index| Some((name(*index)?, kept_frames(None))))
        .collect();
    if let Some(more) = fixed
        .stilled
        .len()
        .checked_sub(MAX_NAMED)
        .filter(|more| *more > 0)
    {
        let rest = format!("{} more animations", grouped(more as u64));
        lines.push((rest, "one frame of each kept".to_owned()));
    }
    if let Some((index, size)) = fixed.smallest {
        let size = format!(
            "{} becomes {} × {} pixels, or less where its bytes ask for it",
            name(index).unwrap_or_default(),
            grouped(size.width),
            grouped(size.height)
        );
        lines.push(("The smallest result".to_owned(), size));
    }
    lines.extend(cost.map(|cost| ("The whole request".to_owned(), cost)));
    lines
}

/// Each photo by its name where they are few, else how many there are and what becomes of all together.
fn in_words(budget: &Budget, items: &[Item]) -> Vec<(String, String)> {
    if budget.steps.len() <= MAX_NAMED {
        let named = budget.steps.iter().filter_map(|step| {
            let item = items.get(step.media)?;
            Some((item.name.clone(), step.text.clone()))
        });
        return named.collect();
    }
    let (mut shrunk, mut before, mut after, mut by_url) = (0, 0_u64, 0_u64, 0);
    // What is done to the others, and to how many of them.
    let mut others: Vec<(u64, String)> = Vec::new();
    for step in &budget.steps {
        let length = items.get(step.media).and_then(|item| item.file.as_ref());
        let length = length.map_or(0, Data::len);
        match budget.actions.get(step.media) {
            Some(Action::ByUrl(_)) => by_url += 1,
            Some(Action::Shrink(Goal {
                max_bytes: Some(most),
                ..
            })) if *most < length => {
                shrunk += 1;
                before = before.saturating_add(length);
                after = after.saturating_add(*most);
            }
            _ => match others.iter_mut().find(|(_, text)| *text == step.text) {
                Some((count, _)) => *count += 1,
                None => others.push((1, step.text.clone())),
            },
        }
    }
    let lines = [
        (
            shrunk,
            format!(
                "{} → at most {} together, each by the pixels that the model sees of it",
                bytes(before),
                bytes(after)
            ),
        ),
        (by_url, "sent by their URLs: nothing is lost".to_owned()),
    ];
    let lines = lines.into_iter().filter(|(count, _)| *count > 0);
    lines
        .chain(others)
        .map(|(count, line)| (counted(count, "photo"), line))
        .collect()
}

/// Whether the focus lies in the card of an item.
fn has_focus(id: usize) -> bool {
    let focused = document().active_element();
    let card = focused.and_then(|focused| focused.closest("[data-item]").ok().flatten());
    card.and_then(|card| card.get_attribute("data-item")) == Some(id.to_string())
}
