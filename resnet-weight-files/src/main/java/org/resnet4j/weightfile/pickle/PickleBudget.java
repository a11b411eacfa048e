package org.resnet4j.weightfile.pickle;

import org.resnet4j.tensors.WeightFileException;

/** Counts the values that a pickle builds and refuses one with too many. */
final class PickleBudget {
  /**
   * The largest accepted number of values; a ResNet-1202 with its optimiser's state has about 10 %
   * of it.
   */
  private static final int MOST_VALUES = 1 << 21;

  static final String SAVE_WEIGHTS =
      "load it in Python where you trust it and save only torch.save(model.state_dict(), \"weights.pth\")";

  private final PickleInput in;
  private int values;

  PickleBudget(PickleInput in) {
    this.in = in;
  }

  void spend(int count) throws WeightFileException {
    if (count > MOST_VALUES - values) {
      throw in.refused("expected at most %s values".formatted(MOST_VALUES), SAVE_WEIGHTS);
    }
    values += count;
  }

  /** Returns an exception with the position in the file. */
  WeightFileException refused(String finding) {
    return in.refused(finding);
  }

  /** Returns the same exception with another remedy than a new download. */
  WeightFileException refused(String finding, String remedy) {
    return in.refused(finding, remedy);
  }
}
