package org.resnet4j.benchmarks.baselines;

import java.io.IOException;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.train.SgdMomentum;

/** Creates the network, images and labels of a job: the same in every process. */
final class Networks {
  private static final long SEED = 42;

  /** The ranges of batch-norm parameters, by the suffix of the parameter's name: from, to. */
  private static final Map<String, double[]> NORM =
      Map.of(
          "gamma", new double[] {0.3, 0.7},
          "beta", new double[] {-0.1, 0.1},
          "mean", new double[] {-0.1, 0.1},
          "var", new double[] {0.8, 1.2});

  private Networks() {}

  static Architecture architecture(Job job) {
    return Architectures.byName(job.model());
  }

  static Plan plan(Job job) {
    return Plan.of(architecture(job));
  }

  /**
   * Returns the network of a job, with SGD with momentum and weight decay. Its batch-norm
   * statistics differ from those of a new network, so that a baseline which ignores one is
   * detected. Its scales keep deep networks in range.
   */
  static ComputationGraph network(Job job) {
    ComputationGraph network =
        ResNetGraph.of(architecture(job))
            .seed(SEED)
            .updater(new SgdMomentum(0.01, 0.9))
            .weightDecay(1e-4)
            .network();
    unsettle(network);
    return network;
  }

  /** Sets batch-norm parameters to random values. */
  static void unsettle(ComputationGraph network) {
    Nd4j.getRandom().setSeed(SEED);
    network
        .paramTable()
        .forEach(
            (name, value) -> {
              double[] range = NORM.get(name.substring(name.lastIndexOf('_') + 1));
              if (range != null) {
                value.assign(uniform(range[0], range[1], value.shape()));
              }
            });
  }

  /** Returns the images {@code [count, C, H, W]} of {@link Pixels}. */
  static INDArray images(Job job, int count) {
    return images(job, Pixels.of(architecture(job).input(), count));
  }

  /** Returns the images of the job's folder, whose logits are known. */
  static INDArray knownImages(Job job) throws IOException {
    return images(job, job.files().images());
  }

  private static INDArray images(Job job, float[] values) {
    return Nd4j.createFromArray(values)
        .reshape(Pixels.sizes(architecture(job).input(), values.length));
  }

  /** Returns a batch with labels. */
  static DataSet batch(Job job) {
    int classes = architecture(job).classes();
    INDArray labels = Nd4j.zeros(job.batch(), classes);
    for (int i = 0; i < job.batch(); i++) {
      labels.putScalar(i, i % classes, 1);
    }
    return new DataSet(images(job, job.batch()), labels);
  }

  private static INDArray uniform(double from, double to, long... shape) {
    return Nd4j.rand(shape).muli(to - from).addi(from);
  }

  /** Refuses a network whose probabilities for the known images differ from those expected. */
  static void check(Job job, INDArray probabilities) throws IOException {
    float[] logits = Transforms.log(probabilities, true).dup('c').data().asFloat();
    Agreement.check(job.files().logits(), logits, architecture(job).classes(), job.precision());
  }
}
