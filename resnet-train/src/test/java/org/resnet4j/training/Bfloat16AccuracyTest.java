package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.Batches;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.LastBatch;
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.onednn.exec.CpuFeatures;

class Bfloat16AccuracyTest {
  private static final ImagePipeline IMAGES =
      ImagePipeline.exact(new Shape(1, 28, 28), ChannelStats.FASHION_MNIST.normalization());

  /**
   * The network is trained for two epochs on the 10,000 embedded training images and evaluated on
   * 10,000 test images.
   */
  @Tag("slow")
  @Test
  void bfloat16KeepsTheTopClassOf99PercentOfTestImages(@TempDir Path empty) throws IOException {
    ComputationGraph fast = OneDnn.accelerate(small());
    assumeTrue(CpuFeatures.hasAvx512(), "bfloat16 needs AVX-512");
    try (OpenDataset data = open(empty, Split.TRAIN);
        Batches batches =
            Batches.of(data.source())
                .size(64)
                .pipeline(IMAGES)
                .shuffle(1)
                .last(LastBatch.DROP)
                .build()) {
      fast.fit(batches, 2);
    }
    int images = 0;
    int same = 0;
    int right = 0;
    double error = 0;
    try (OpenDataset data = open(empty, Split.TEST);
        Batches batches = Batches.of(data.source()).size(100).pipeline(IMAGES).build();
        CompiledNetwork single = OneDnn.compile(fast, inference(Precision.FP32));
        CompiledNetwork half = OneDnn.compile(fast, inference(Precision.BF16))) {
      while (batches.hasNext()) {
        DataSet batch = batches.next();
        INDArray expected = single.output(batch.getFeatures());
        INDArray actual = half.output(batch.getFeatures());
        INDArray top = expected.argMax(1);
        same += top.eq(actual.argMax(1)).castTo(top.dataType()).sumNumber().intValue();
        right += top.eq(batch.getLabels().argMax(1)).castTo(top.dataType()).sumNumber().intValue();
        error = Math.max(error, actual.sub(expected).amaxNumber().doubleValue());
        images += (int) top.length();
      }
    }
    System.out.printf(
        Locale.ROOT,
        "bfloat16: accuracy %.4f, top-1 kept on %.4f, largest difference of a probability %.3f%n",
        right / (double) images,
        same / (double) images,
        error);
    assertThat(images).isEqualTo(10_000);
    assertThat(right).isGreaterThan(7_500);
    assertThat(same).isGreaterThanOrEqualTo(9_900);
  }

  private static OpenDataset open(Path empty, Split split) throws IOException {
    return Dataset.of("fashion-mnist").in(new DataHome(empty, empty)).open(split);
  }

  private static ComputationGraph small() {
    Architecture architecture =
        Architectures.byName("resnet20_cifar").with(next -> next.input(1, 28, 28).classes(10));
    return ResNetGraph.of(architecture).updater(new Nesterovs(0.05, 0.9)).seed(1).network();
  }

  private static CompileOptions inference(Precision precision) {
    return CompileOptions.inference().precision(precision);
  }
}
