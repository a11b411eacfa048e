package org.resnet4j.onednn.update;

import java.util.List;

/**
 * Neighbouring parameters that one step treats alike.
 *
 * @param start of the parameters and their gradient in the network's flat arrays
 * @param divide the gradient is a sum over the batch
 * @param before what joins the gradient ahead of the rule
 * @param after what joins the update behind it
 * @param state where the rule's first array starts in the updater's state
 * @param stateStride from there to the same element of the second array
 */
record Segment(
    int start,
    int length,
    boolean divide,
    List<Penalty> before,
    Rule rule,
    List<Penalty> after,
    int state,
    int stateStride) {

  int end() {
    return start + length;
  }

  /** One segment for both, or this one alone if {@code next} is treated in another way. */
  boolean takes(Segment next) {
    return next.start == end()
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
        start, length + next.length, divide, before, rule, after, state, stateStride);
  }
}
