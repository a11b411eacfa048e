package org.resnet4j.support;

/**
 * The SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014); equal seeds give equal numbers.
 */
public final class SplitMix {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private SplitMix() {}

  /** Returns the number at zero-based {@code position} of the sequence with {@code seed}. */
  public static long at(long seed, long position) {
    long z = seed + (position + 1) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
