/** What a directory holds. `version` grows by one with each commit that changes a person. */
export type DirectoryStats = {
  readonly version: bigint;
  /** Numbers that are in use: with dossiers, or known without any. */
  readonly persons: number;
  readonly dossiers: number;
  readonly replaced: number;
  readonly cancelled: number;
};

export const NO_STATS: DirectoryStats = { version: 0n, persons: 0, dossiers: 0, replaced: 0, cancelled: 0 };

const STATS_BYTES = 40;

/** uint64 version | uint64 persons | uint64 dossiers | uint64 replaced | uint64 cancelled */
export function statsValue(stats: DirectoryStats): Buffer {
  const value = Buffer.alloc(STATS_BYTES);
  value.writeBigUInt64BE(stats.version, 0);
  value.writeBigUInt64BE(BigInt(stats.persons), 8);
  value.writeBigUInt64BE(BigInt(stats.dossiers), 16);
  value.writeBigUInt64BE(BigInt(stats.replaced), 24);
  value.writeBigUInt64BE(BigInt(stats.cancelled), 32);
  return value;
}

export function readStats(value: Buffer | undefined): DirectoryStats {
  if (value === undefined) return NO_STATS;
  return {
    version: value.readBigUInt64BE(0),
    persons: Number(value.readBigUInt64BE(8)),
    dossiers: Number(value.readBigUInt64BE(16)),
    replaced: Number(value.readBigUInt64BE(24)),
    cancelled: Number(value.readBigUInt64BE(32)),
  };
}

/** Counts while a directory is written. */
export type Counts = { persons: number; dossiers: number; replaced: number; cancelled: number };

export function noCounts(): Counts {
  return { persons: 0, dossiers: 0, replaced: 0, cancelled: 0 };
}
