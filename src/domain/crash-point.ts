import { channel } from 'node:diagnostics_channel';

const points = channel('sluis.crash-point');

/**
 * A named place where a crash must do no harm. Nothing happens here unless a test subscribed to the channel
 * `sluis.crash-point` from its own start file and ends the process.
 */
export function crashPoint(name: string): void {
  if (points.hasSubscribers) points.publish(name);
}
