package org.resnet4j.training;

import java.util.List;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Normalization;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.train.Distillation;
import org.resnet4j.zoo.Model;

/**
 * Appends a model's probabilities to the labels of batches, as {@link Distillation} reads them. The
 * model sees the pixels that the student sees, augmented and mixed, normalised as its own pipeline
 * does.
 */
@SuppressWarnings("serial") // DataSetPreProcessor is Serializable; nothing writes one
final class Teacher implements DataSetPreProcessor, AutoCloseable {
  private final CompiledNetwork network;
  private final Normalization own;
  private final Normalization student;

  private Teacher(CompiledNetwork network, Normalization own, Normalization student) {
    this.network = network;
    this.own = own;
    this.student = student;
  }

  /**
   * Returns a teacher in FP32 on the engine, or on stock Deeplearning4j where that is not
   * available.
   *
   * @param student pipeline of the batches
   * @throws IllegalArgumentException when the model has other classes or another input
   */
  static Teacher of(Model model, ImagePipeline student, List<String> classes) {
    if (!model.classes().names().equals(classes)) {
      throw new IllegalArgumentException(
          "teacher %s: expected the classes of the data, %s, but it has %s; fine-tune it on the data first"
              .formatted(model.name(), classes, model.classes().names()));
    }
    if (!model.pipeline().output().equals(student.output())) {
      throw new IllegalArgumentException(
          "teacher %s: expected images of %s, as the network reads them, but it reads %s; use Model.resized, or train at its size"
              .formatted(model.name(), student.output(), model.pipeline().output()));
    }
    CompileOptions options =
        CompileOptions.inference()
            .precision(Precision.FP32)
            .maximumBatch(CompileOptions.training().maximumBatch())
            .sharingParameters()
            .orFallBack();
    return new Teacher(
        OneDnn.compile(model.network(), options),
        model.pipeline().normalization(),
        student.normalization());
  }

  @Override
  @SuppressWarnings("try")
  public void preProcess(DataSet batch) {
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      INDArray probabilities = NonFinite.requireFinite(network.output(seen(batch.getFeatures())));
      INDArray labels = batch.getLabels();
      batch.setLabels(Nd4j.hstack(labels, probabilities.castTo(labels.dataType())));
    }
  }

  /** Returns the student's pixels {@code [N, C, H, W]} as this model's pipeline normalises them. */
  private INDArray seen(INDArray images) {
    if (own.equals(student)) {
      return images;
    }
    int channels = Math.toIntExact(images.size(1));
    INDArray seen = Nd4j.createUninitialized(images.dataType(), images.shape(), 'c');
    for (int channel = 0; channel < channels; channel++) {
      int source = own.order() == student.order() ? channel : channels - 1 - channel;
      double ratio = student.divisor() / own.divisor();
      double scale = at(student.std(), source) * ratio / at(own.std(), channel);
      double shift =
          (at(student.mean(), source) * ratio - at(own.mean(), channel)) / at(own.std(), channel);
      plane(seen, channel).assign(plane(images, source).mul(scale).addi(shift));
    }
    return seen;
  }

  private static INDArray plane(INDArray images, int channel) {
    return images.get(NDArrayIndex.all(), NDArrayIndex.point(channel));
  }

  private static double at(List<Double> values, int channel) {
    return values.get(Math.min(channel, values.size() - 1));
  }

  @Override
  public void close() {
    network.close();
  }
}
