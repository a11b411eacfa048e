package org.resnet4j.onednn.update;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A range of parameters that one step treats alike.
 *
 * @param start of the parameters and their gradient in the network's flat arrays
 * @param divide whether the gradient is a sum over the batch
 * @param before terms added to the gradient before the rule
 * @param after terms added to the update after the rule
 * @param scaling change of the update of a whole array of parameters, which this segment then is
 * @param state start of the rule's first array in the updater's state
 * @param stateStride distance from there to the same element of the second array
 */
record Segment(
    int start,
    int length,
    boolean divide,
    List<Penalty> before,
    Rule rule,
    List<Penalty> after,
    @Nullable Scaling scaling,
    int state,
    int stateStride) {

  int end() {
    return start + length;
  }

  /** Returns whether the update is an orthogonal matrix. */
  boolean isOrthogonal() {
    return scaling instanceof Scaling.Orthogonal;
  }

  /**
   * Returns whether {@code next} continues this segment and is treated alike, so that both can be
   * one.
   */
  boolean takes(Segment next) {
    return next.start == end()
        && scaling == null
        && next.scaling == null
        && next.divide == divide
        && next.rule.equals(rule)
        && next.before.equals(before)
        && next.after.equals(after)
        && (rule.states() == 0 || next.continues(this));
  }

  private boolean continues(Segment previous) {
    return state == previous.state + previous.length && stateStride == previous.stateStride;
  }

  Segment with(Segment next) {
    return new Segment(
        start, length + next.length, divide, before, rule, after, scaling, state, stateStride);
  }
}
