package org.resnet4j.run;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.data.ClassMatching;

/** Collects the predictions of batches. */
abstract class Tally {
  final List<String> names;
  final ClassMatching outputs;

  /** The number of examples so far. */
  int size;

  Tally(List<String> names, ClassMatching outputs) {
    this.names = names;
    this.outputs = outputs;
  }

  /**
   * Adds a batch.
   *
   * @param labels {@code [N, classes]} of the data
   * @param output probabilities {@code [N, outputs]} of the network
   */
  final void add(INDArray labels, INDArray output) {
    float[] shares = ofClasses(output.dup('c').data().asFloat());
    add(labels.dup('c').data().asFloat(), shares, shares.length / names.size());
  }

  /** Adds examples: labels and probabilities of the classes of the data, row by row. */
  abstract void add(float[] truth, float[] shares, int examples);

  /** Returns the outputs for the classes of the data, in their order. */
  private float[] ofClasses(float[] all) {
    if (outputs.isSame()) {
      return all;
    }
    int classes = names.size();
    int rows = all.length / outputs.modelClasses();
    float[] chosen = new float[rows * classes];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < classes; i++) {
        chosen[row * classes + i] = all[row * outputs.modelClasses() + outputs.output(i)];
      }
    }
    return chosen;
  }
}
