package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.nd4j.linalg.schedule.ScheduleType.ITERATION;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.resnet4j.graph.DecayedBatchNormalization;
import org.resnet4j.train.AccumulatingGraph;
import org.resnet4j.train.AdamW;
import org.resnet4j.train.GradientClipping;
import org.resnet4j.train.ParameterDecay;
import org.resnet4j.train.ParameterDecay.Scope;
import org.resnet4j.train.Schedule;
import org.resnet4j.train.SgdMomentum;
import org.resnet4j.train.WeightAverage;

/**
 * A hundred steps of each optimiser on the engine, in single precision, equal those of stock
 * Deeplearning4j in double precision, which equal PyTorch's. The convolution has no bias: before a
 * batch norm, its gradient is a rounding error that Adam amplifies.
 */
class OptimiserTest {
  static Stream<Arguments> optimisers() {
    ISchedule falling = new Schedule.Polynomial(ITERATION, 0.1, 0.9, 0, 100);
    ISchedule cycle =
        new Schedule.OneCycle(ITERATION, 0.02, 100, 0.3, 25, 1e4, Schedule.Annealing.COSINE);
    return Stream.of(
        Arguments.of(
            new SgdMomentum(falling, 0.9).nesterov(), ParameterDecay.coupled(5e-3, Scope.WEIGHTS)),
        Arguments.of(new SgdMomentum(falling, 0.9), ParameterDecay.coupled(5e-2, Scope.ALL)),
        Arguments.of(new AdamW(cycle), ParameterDecay.decoupled(0.3, Scope.WEIGHTS)),
        Arguments.of(new AdamW(cycle), ParameterDecay.decoupled(0.3, Scope.ALL)),
        Arguments.of(new AdamW(cycle, 0.9, 0.999, 1e-6), ParameterDecay.lamb(0.02, Scope.WEIGHTS)),
        Arguments.of(new SgdMomentum(falling, 0.9), ParameterDecay.lars(1e-2, 0.1, Scope.WEIGHTS)),
        Arguments.of(
            new SgdMomentum(falling, 0.9).nesterov(), ParameterDecay.muon(0.05, Scope.WEIGHTS)));
  }

  @ParameterizedTest
  @MethodSource("optimisers")
  void hundredStepsEqualThoseInDoublePrecision(IUpdater updater, ParameterDecay decay) {
    ComputationGraph stock = graph(updater, decay, DataType.DOUBLE);
    ComputationGraph source = graph(updater, decay, DataType.FLOAT);
    source.setParams(stock.params().castTo(DataType.FLOAT));
    ComputationGraph fast = OneDnn.accelerate(source);
    WeightAverage expected = new WeightAverage(0.9, 4);
    WeightAverage actual = new WeightAverage(0.9, 4);
    stock.addListeners(new GradientClipping(0.1), expected);
    fast.addListeners(new GradientClipping(0.1), actual);
    for (int step = 0; step < 100; step++) {
      stock.fit(batch(step, DataType.DOUBLE));
      fast.fit(batch(step, DataType.FLOAT));
    }
    assertThat(difference(fast, stock)).isLessThan(1e-4);
    INDArray images = batch(0, DataType.FLOAT).getFeatures();
    INDArray probabilities = actual.with(fast, averaged -> averaged.outputSingle(images));
    INDArray ofStock =
        expected.with(stock, averaged -> averaged.outputSingle(images.castTo(DataType.DOUBLE)));
    assertThat(probabilities.castTo(DataType.DOUBLE).sub(ofStock).amaxNumber().doubleValue())
        .isLessThan(1e-4);
    assertThat(fast.outputSingle(images)).isNotEqualTo(probabilities);
  }

  @Test
  void stepsInPartsEqualThoseInDoublePrecision() {
    IUpdater updater = new SgdMomentum(0.05, 0.9).nesterov();
    ComputationGraph plain = graph(updater, ParameterDecay.NONE, DataType.DOUBLE);
    ComputationGraph stock = AccumulatingGraph.of(plain, 3); // parts of 3, 3 and 2
    ComputationGraph source = graph(updater, ParameterDecay.NONE, DataType.FLOAT);
    source.setParams(stock.params().castTo(DataType.FLOAT));
    ComputationGraph fast = OneDnn.accelerate(AccumulatingGraph.of(source, 3));
    for (int step = 0; step < 100; step++) {
      if (step == 50) {
        fast = fast.clone();
        fast.getConfiguration().setIterationCount(50); // not copied by clone()
      }
      stock.fit(batch(step, DataType.DOUBLE));
      fast.fit(batch(step, DataType.FLOAT));
      assertThat(fast.score()).isCloseTo(stock.score(), within(1e-4));
    }
    assertThat(difference(fast, stock)).isLessThan(1e-4);
  }

  private static double difference(ComputationGraph actual, ComputationGraph expected) {
    INDArray difference = actual.params().castTo(DataType.DOUBLE).sub(expected.params());
    return difference.amaxNumber().doubleValue();
  }

  private static DataSet batch(int step, DataType type) {
    Nd4j.getRandom().setSeed(7 + step % 2);
    INDArray images = Nd4j.randn(DataType.DOUBLE, 8, 2, 5, 5).castTo(DataType.FLOAT).castTo(type);
    INDArray labels = Nd4j.zeros(type, 8, 3);
    for (int i = 0; i < 8; i++) {
      labels.putScalar(i, i % 3, 1);
    }
    return new DataSet(images, labels);
  }

  private static ComputationGraph graph(IUpdater updater, ParameterDecay decay, DataType type) {
    BatchNormalization norm = new BatchNormalization.Builder().useLogStd(false).build();
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(5)
            .dataType(type)
            .updater(updater)
            .activation(Activation.RELU)
            .graphBuilder()
            .addInputs("in")
            .setInputTypes(InputType.convolutional(5, 5, 2))
            .addLayer("conv", convolution(), "in")
            .addLayer(
                "norm", decay.includesNorms() ? DecayedBatchNormalization.of(norm) : norm, "conv")
            .addLayer("relu", new ActivationLayer(Activation.RELU), "norm")
            .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "relu")
            .addLayer("dense", new DenseLayer.Builder().nOut(5).build(), "pool")
            .addLayer(
                "out",
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .activation(Activation.SOFTMAX)
                    .nOut(3)
                    .build(),
                "dense")
            .setOutputs("out")
            .build();
    decay.applyTo(configuration);
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init();
    return graph;
  }

  private static ConvolutionLayer convolution() {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(4)
        .hasBias(false)
        .activation(Activation.IDENTITY)
        .build();
  }
}
