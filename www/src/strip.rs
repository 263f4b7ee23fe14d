//! The frames of a video that the model would look at, drawn one after the other.

use crate::player::{Player, PlayerError, Preload};
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::media::Size;
use tilewise::rule::{Sample, Sampling};

/// 48 frames in all, which is some 500 KB of thumbnails.
const MAX_CHUNKS: u64 = 12;

/// Of a frame: sharp at the size of a thumbnail on a dense screen, and some 10 KB.
const LONGEST_SIDE: u32 = 240;

/// Handles only, so that it can be copied into every closure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strip {
    pub(crate) phase: RwSignal<Phase>,
    /// How many frames are drawn.
    pub(crate) drawn: RwSignal<usize>,
    pub(crate) chunks: StoredValue<Vec<Vec<Frame>>>,
    source: StoredValue<Source>,
    player: StoredValue<Option<Player>, LocalStorage>,
}

/// Where the frames come from.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) url: String,
    pub(crate) stored: Size,
    /// Clockwise degrees by which a player turns the frames.
    pub(crate) turned: u16,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) sample: Sample,
    /// As a `data:` URL, once it is drawn.
    pub(crate) image: RwSignal<Option<String>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    #[default]
    Idle,
    Rendering,
    Cancelled,
    Done,
    Failed(PlayerError),
}

impl Strip {
    pub(crate) fn new(source: Source, sampling: Sampling) -> Self {
        let frame = |sample| Frame {
            sample,
            image: RwSignal::new(None),
        };
        let chunks = sampling.spread(MAX_CHUNKS);
        let chunks = chunks.map(|chunk| chunk.samples().map(frame).collect());
        Self {
            phase: RwSignal::new(Phase::Idle),
            drawn: RwSignal::new(0),
            chunks: StoredValue::new(chunks.collect()),
            source: StoredValue::new(source),
            player: StoredValue::new_local(None),
        }
    }

    /// How many frames there are to draw.
    pub(crate) fn len(&self) -> usize {
        self.chunks
            .with_value(|chunks| chunks.iter().map(Vec::len).sum())
    }

    /// Draws what is not drawn yet.
    pub(crate) fn start(&self) {
        let strip = *self;
        let Some(player) = Player::new(LONGEST_SIDE) else {
            return;
        };
        self.player.set_value(Some(player.clone()));
        self.phase.set(Phase::Rendering);
        spawn_local(async move {
            let outcome = strip.draw(&player).await;
            player.close();
            let phase = match outcome {
                // The caller that closed the player has set the phase.
                Err(PlayerError::Closed) => return,
                Err(error) => Phase::Failed(error),
                Ok(()) => Phase::Done,
            };
            strip.phase.try_set(phase);
        });
    }

    pub(crate) fn cancel(&self) {
        self.release();
        self.phase.set(Phase::Cancelled);
    }

    /// Stops, and frees the decoder.
    pub(crate) fn release(&self) {
        if let Some(player) = self.player.try_get_value().flatten() {
            player.close();
        }
    }

    async fn draw(&self, player: &Player) -> Result<(), PlayerError> {
        let source = self.source.get_value();
        let frames = self.chunks.with_value(|chunks| chunks.concat());
        player.open(&source.url, Preload::Auto).await?;
        for frame in frames {
            if !matches!(frame.image.try_with_untracked(Option::is_none), Some(true)) {
                continue;
            }
            let image = player.frame(frame.sample.middle, source.stored, source.turned);
            let image = image.await?;
            frame.image.try_set(Some(image));
            self.drawn.try_update(|drawn| *drawn += 1);
        }
        Ok(())
    }
}
