package org.resnet4j.run;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.resnet4j.data.ClassMatching;

/** Collects the probabilities of all labels. */
final class LabelTally extends Tally {
  private static final float HALF = 0.5f;

  private final BitSet truth = new BitSet();
  private float[] probabilities = new float[1024];

  LabelTally(List<String> names, ClassMatching outputs) {
    super(names, outputs);
  }

  @Override
  void add(float[] labels, float[] shares, int examples) {
    int before = size * names.size();
    int length = Math.addExact(before, shares.length);
    if (length > probabilities.length) {
      probabilities =
          Arrays.copyOf(
              probabilities, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(length, 2L * before)));
    }
    System.arraycopy(shares, 0, probabilities, before, shares.length);
    for (int i = 0; i < labels.length; i++) {
      truth.set(before + i, labels[i] > HALF);
    }
    size += examples;
  }

  LabelScores scores() {
    return new LabelScores(names.size(), truth, Arrays.copyOf(probabilities, size * names.size()));
  }
}
