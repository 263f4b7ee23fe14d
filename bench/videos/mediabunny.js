/** The peer's ways from a blob to facts, in its own words. What is imported here is what its users download. */
import { BlobSource, Input, MATROSKA, MP4, MPEG_TS, QTFF, WEBM } from "mediabunny";

/** What both read. */
const FORMATS = [MP4, QTFF, MATROSKA, WEBM, MPEG_TS];

/** What the headers say, which is no rate and no count. */
export const readMetadata = (blob) =>
  withTrack(blob, async (track) => ({ duration: await track.getDurationFromMetadata() }));

/** As exact as it gets: it looks at every packet. */
export const compute = (blob) =>
  withTrack(blob, async (track) => ({
    start: await track.getFirstTimestamp(),
    duration: await track.computeDuration(),
    ...(await track.computePacketStats()),
  }));

async function withTrack(blob, read) {
  const input = new Input({ source: new BlobSource(blob), formats: FORMATS });
  try {
    const track = await input.getPrimaryVideoTrack();
    return {
      width: await track.getDisplayWidth(),
      height: await track.getDisplayHeight(),
      rotation: await track.getRotation(),
      codec: await track.getCodec(),
      ...(await read(track)),
    };
  } finally {
    input.dispose();
  }
}
