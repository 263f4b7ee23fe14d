//! Making pictures fit: one, or as many as the body needs, and taking it back.

use crate::codecs::{Prepared, Trouble, prepare};
use crate::state::State;
use crate::state::fitting::{FitPhase, Job, Made, Plan, Run};
use crate::state::inputs::{Inspection, Item, Preview};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use tilewise::media::{MediaFacts, Size};
use tilewise::prepare::Goal;
use tilewise::prepare::budget::{Action, Reach, budget};
use tilewise::prepare::plan::plan;
use tilewise::prepare::sizes::Sizes;
use tilewise::units::bytes;
use tilewise::web::Data;
use tilewise_www_core::size_curve::SizeCurve;
use web_sys::AbortController;

/// The package works on no more at a time; what waits here can be cancelled without ending a worker.
const MOST_AT_ONCE: usize = 4;

impl State {
    /// The sizes that one picture can have, by the rule as it is chosen.
    pub(crate) fn sizes(&self, facts: &MediaFacts) -> Option<SizeCurve> {
        let rules = self.rules()?;
        let upright = Size::new(facts.display_width, facts.display_height);
        let sizes = Sizes::new(upright, self.rule.get(), &rules);
        Some(SizeCurve::new(&sizes))
    }

    /// What a picture costs by the rule as it is chosen, in words.
    pub(crate) fn cost_of(&self, facts: &MediaFacts) -> Option<(u64, Option<String>)> {
        let tokens = self.rules()?.image(self.rule.get(), facts.stored()).tokens;
        let price = self.estimate.with(|estimate| estimate.price.input);
        Some((tokens, price.map(|price| price.of(tokens).to_string())))
    }

    /// What would be done to one picture, in words.
    pub(crate) fn forecast(&self, facts: &MediaFacts, goal: &Goal) -> String {
        let Some(rules) = self.rules() else {
            return String::new();
        };
        match plan(facts, goal, &rules) {
            Err(error) => error.sentence(),
            Ok(plan) if plan.is_met => {
                "It meets this as it stands, and would stay as it is.".to_owned()
            }
            Ok(plan) => {
                let mut steps = plan.steps();
                steps.push(match goal.max_bytes {
                    Some(most) => {
                        format!("encoded as well as {} allow, without metadata", bytes(most))
                    }
                    None => "encoded anew, without metadata".to_owned(),
                });
                format!("It would be {}.", steps.join(", "))
            }
        }
    }

    /// How the whole request can be made to fit; `None` where its body does, while that is under way, or
    /// of what came by a link.
    pub(crate) fn plan_for_all(&self) -> Option<Result<Plan, String>> {
        let limits = self.estimate.with(|estimate| {
            let allowed = estimate.limits.max_body_bytes;
            let is_too_long = allowed.is_some_and(|allowed| estimate.body_bytes > allowed);
            is_too_long.then_some(estimate.limits)
        })?;
        if self.fitting.is_running.get() || self.has_shared() {
            return None;
        }
        let items = self.sent_items();
        let reach: Vec<_> = items.iter().map(reach).collect();
        let budget = match self.request.with(|draft| budget(draft, &limits, &reach)) {
            Ok(budget) => budget,
            Err(error) => return Some(Err(error.sentence())),
        };
        let named = budget.steps.iter().filter_map(|step| {
            let item = items.get(step.media)?;
            Some((item.name.clone(), step.text.clone()))
        });
        Some(Ok(Plan {
            steps: named.collect(),
            budget,
        }))
    }

    /// Does what was planned for the whole request.
    pub(crate) fn fit_all(&self, plan: &Plan) {
        let items = untrack(|| self.sent_items());
        let mut jobs = Vec::new();
        for (item, action) in items.into_iter().zip(&plan.budget.actions) {
            match action {
                Action::Shrink(share) => {
                    let goal = item.made.as_ref().map(|made| made.goal).unwrap_or_default();
                    jobs.push(Job {
                        goal: goal.and(*share),
                        item,
                        is_shown: false,
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
            is_shown: true,
        }]);
    }

    pub(crate) fn cancel_fit(&self, id: usize) {
        let waiting = self.fitting.queue.try_update_value(|queue| {
            let at = queue.iter().position(|job| job.item.id == id)?;
            queue.remove(at)
        });
        if let Some(job) = waiting.flatten() {
            self.end_fit(&job, FitPhase::Cancelled);
        }
        self.fitting.running.with_value(|running| {
            let own = running.iter().filter(|(running, _)| *running == id);
            own.for_each(|(_, abort)| abort.abort());
        });
    }

    pub(crate) fn cancel_all_fits(&self) {
        let waiting = self.fitting.queue.try_update_value(std::mem::take);
        for job in waiting.unwrap_or_default() {
            self.end_fit(&job, FitPhase::Cancelled);
        }
        let running = self.fitting.running.get_value();
        running.iter().for_each(|(_, abort)| abort.abort());
    }

    /// Puts the original back into its place.
    pub(crate) fn undo_fit(&self, item: &Item) {
        let Some(made) = &item.made else {
            return;
        };
        made.original.fitting.set(FitPhase::Idle);
        self.forget_fits();
        self.fitting.focus.set_value(Some(made.original.id));
        self.replace(item.id, made.original.clone());
    }

    /// Whether the card that now appears is to take the focus; true once.
    pub(crate) fn takes_focus(&self, id: usize) -> bool {
        let taken = self
            .fitting
            .focus
            .try_update_value(|focus| focus.take_if(|focus| *focus == id));
        taken.flatten().is_some()
    }

    /// What became of the pictures that were made to fit last is of no use once the list is another.
    pub(crate) fn forget_fits(&self) {
        let run = self.fitting.run;
        if run.with_untracked(|run| run.total > 0 && !run.is_running()) {
            run.set(Run::default());
        }
    }

    fn sent_items(&self) -> Vec<Item> {
        let sent = self.inputs.sent();
        let items = self.inputs.items.get();
        let items = items.into_iter();
        items.filter(|item| sent.contains(&item.id)).collect()
    }

    fn enqueue(&self, jobs: Vec<Job>) {
        let fitting = self.fitting;
        if !fitting.run.with_untracked(Run::is_running) {
            fitting.run.set(Run::default());
            fitting.progress.set(0.0);
        }
        fitting.run.update(|run| run.total += jobs.len());
        for job in &jobs {
            job.item.fitting.set(FitPhase::Waiting);
        }
        fitting.queue.update_value(|queue| queue.extend(jobs));
        self.start_waiting_fits();
    }

    fn start_waiting_fits(&self) {
        let fitting = self.fitting;
        while fitting.running.with_value(Vec::len) < MOST_AT_ONCE {
            let job = fitting.queue.try_update_value(|queue| queue.pop_front());
            let Some(job) = job.flatten() else {
                return;
            };
            match AbortController::new() {
                Ok(abort) => self.start_fit(job, abort),
                Err(_) => {
                    let why = "This browser cannot abort what it has begun.".to_owned();
                    self.end_fit(&job, FitPhase::Failed(why));
                }
            }
        }
    }

    fn start_fit(&self, job: Job, abort: AbortController) {
        let state = *self;
        let id = job.item.id;
        let phase = job.item.fitting;
        let signal = abort.signal();
        self.fitting
            .running
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
                    .fitting
                    .progress
                    .update(|progress| *progress += share - before);
            }
        };
        spawn_local(async move {
            let outcome = match job.source() {
                Some(source) => prepare(&source, &job.goal, &signal, tick).await,
                None => Err(Trouble::Failed("Its file is not here.".to_owned())),
            };
            state
                .fitting
                .running
                .update_value(|running| running.retain(|(running, _)| *running != id));
            state.take_in(&job, outcome);
            state.start_waiting_fits();
        });
    }

    fn take_in(&self, job: &Job, outcome: Result<Prepared, Trouble>) {
        match outcome {
            Err(Trouble::Aborted) => self.end_fit(job, FitPhase::Cancelled),
            Err(Trouble::Failed(why)) => self.end_fit(job, FitPhase::Failed(why)),
            Ok(prepared) if !prepared.changed => self.end_fit(job, FitPhase::Met),
            Ok(prepared) => {
                let made = job.finish(self.next_id(), prepared);
                if has_focus(job.item.id) {
                    self.fitting
                        .focus
                        .set_value(made.as_ref().map(|made| made.id));
                }
                self.end_fit(job, FitPhase::Idle);
                if let Some(made) = made {
                    self.replace(job.item.id, made);
                }
            }
        }
    }

    fn end_fit(&self, job: &Job, phase: FitPhase) {
        let fitting = self.fitting;
        let before = job.item.fitting.try_get_untracked().unwrap_or_default();
        fitting
            .progress
            .update(|progress| *progress += 1.0 - before.share());
        fitting.run.update(|run| match phase {
            FitPhase::Met => run.met += 1,
            FitPhase::Cancelled => run.cancelled += 1,
            FitPhase::Failed(_) => run.failed += 1,
            FitPhase::Idle | FitPhase::Waiting | FitPhase::Working(_) => run.made += 1,
        });
        // The card may be gone, and its signal with it.
        job.item.fitting.try_set(phase);
    }

    /// Where it still stands in the list; removed meanwhile, it stays away.
    pub(crate) fn replace(&self, id: usize, by: Item) {
        self.inputs.items.update(|items| {
            if let Some(item) = items.iter_mut().find(|item| item.id == id) {
                *item = by;
            }
        });
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
        let made = Made {
            original,
            before,
            goal: self.goal,
            steps: prepared.steps,
            is_shown: self.is_shown,
        };
        let item = Item {
            preview: Preview::of_file(&prepared.blob),
            file: Some(Data::Blob(prepared.blob)),
            made: Some(Arc::new(made)),
            ..Item::new(id, name)
        };
        item.inspection.set(Inspection::Done(prepared.facts));
        Some(item)
    }
}

/// Where the endpoint could fetch a medium from, as far as its owner has said.
fn reach(item: &Item) -> Reach {
    let url = item.url.get().trim().to_owned();
    match item.file.is_some() && !url.is_empty() {
        true => Reach::At(url),
        false => Reach::Here,
    }
}

/// Whether the focus lies in the card of an item.
fn has_focus(id: usize) -> bool {
    let focused = document().active_element();
    let card = focused.and_then(|focused| focused.closest(".card").ok().flatten());
    card.and_then(|card| card.get_attribute("data-item")) == Some(id.to_string())
}
