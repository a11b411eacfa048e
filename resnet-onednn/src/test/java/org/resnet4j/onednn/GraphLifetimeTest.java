package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Graphs never read freed memory and never keep unreachable memory. */
class GraphLifetimeTest {
  private static ComputationGraph network() {
    return Samples.network(
        Samples.chain(
            InputType.convolutional(9, 8, 3),
            new ConvolutionLayer.Builder(3, 3).nOut(16).build(),
            new BatchNormalization()),
        1);
  }

  private static DataSet batch() {
    return Samples.batch(1, Samples.CLASSES, 4, 3, 9, 8);
  }

  private static void requireClosed(ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void graphWithAClosedSourceIsRefused() {
    ComputationGraph source = network();
    ComputationGraph fast = OneDnn.accelerate(source);
    fast.fit(batch());
    fast.output(batch().getFeatures());
    source.close();
    requireClosed(() -> fast.fit(batch()));
    requireClosed(() -> fast.output(batch().getFeatures()));
    requireClosed(() -> OneDnn.accelerate(source));
    requireClosed(() -> OneDnn.compile(source, CompileOptions.inference()));
  }

  /** The parameters belong to the source graph and are not freed. */
  @Test
  void closedGraphIsRefusedAndItsSourceKeepsTraining() {
    ComputationGraph source = network();
    ComputationGraph fast = OneDnn.accelerate(source);
    fast.fit(batch());
    INDArray expected = source.output(batch().getFeatures())[0];
    fast.close();
    fast.close();
    requireClosed(() -> fast.fit(batch()));
    requireClosed(() -> fast.output(batch().getFeatures()));
    assertThat(source.output(batch().getFeatures())[0]).isEqualTo(expected);
    OneDnn.accelerate(source).fit(batch());
  }

  @Test
  void closedCompiledNetworkIsRefused() {
    CompiledNetwork compiled = OneDnn.compile(network(), CompileOptions.inference());
    compiled.output(batch().getFeatures());
    compiled.close();
    compiled.close();
    requireClosed(() -> compiled.output(batch().getFeatures()));
  }

  /** A listener that closes the graph ends the step with an exception. */
  @Test
  void graphOrSourceClosedWithinAStepIsRefused() {
    for (boolean own : new boolean[] {true, false}) {
      ComputationGraph source = network();
      ComputationGraph fast = OneDnn.accelerate(source);
      fast.fit(batch());
      fast.setListeners(
          new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, Map<String, INDArray> activations) {
              (own ? fast : source).close();
            }
          });
      requireClosed(() -> fast.fit(batch()));
      requireClosed(() -> fast.fit(batch()));
    }
  }

  @Test
  void nestedTrainingStepIsRefused() {
    ComputationGraph fast = OneDnn.accelerate(network());
    fast.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onForwardPass(Model model, Map<String, INDArray> activations) {
            fast.computeGradientAndScore();
          }
        });
    assertThatThrownBy(() -> fast.fit(batch()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("under way");
  }

  @Test
  void closedArraysAreRefused() {
    ComputationGraph fast = OneDnn.accelerate(network());
    // Views cannot be closed.
    DataSet noFeatures = new DataSet(batch().getFeatures().dup(), batch().getLabels());
    noFeatures.getFeatures().close();
    requireClosed(() -> fast.fit(noFeatures));
    DataSet noLabels = new DataSet(batch().getFeatures(), batch().getLabels().dup());
    noLabels.getLabels().close();
    requireClosed(() -> fast.fit(noLabels));
    try (CompiledNetwork compiled = OneDnn.compile(network(), CompileOptions.inference())) {
      requireClosed(() -> compiled.output(noFeatures.getFeatures()));
    }
    fast.fit(batch());
  }

  /** Gradients are written to new gradient arrays, not to the old ones, which are garbage. */
  @Test
  void gradientsAreWrittenToReplacedGradientArrays() {
    ComputationGraph fast = OneDnn.accelerate(network());
    fast.fit(batch());
    fast.initGradientsView();
    fast.setInputs(batch().getFeatures());
    fast.setLabels(batch().getLabels());
    fast.computeGradientAndScore();
    INDArray gradient = fast.getGradientsViewArray().dup().reshape(-1);
    ComputationGraph fresh = OneDnn.accelerate(fast);
    fresh.setInputs(batch().getFeatures());
    fresh.setLabels(batch().getLabels());
    fresh.computeGradientAndScore();
    assertThat(gradient.amaxNumber().doubleValue()).isPositive();
    assertThat(gradient).isEqualTo(fresh.getGradientsViewArray().reshape(-1));
    assertThat(fast.gradient().gradient().reshape(-1)).isEqualTo(gradient);
  }

  @Test
  void unreachableGraphsAreFreed() throws Exception {
    long before = Programs.live();
    List<WeakReference<Object>> made = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      made.add(new WeakReference<>(compiledAndUsed()));
      made.add(new WeakReference<>(acceleratedAndUsed()));
    }
    requireSoon(() -> made.stream().allMatch(one -> one.get() == null));
    requireSoon(() -> Programs.live() <= before);
  }

  private static CompiledNetwork compiledAndUsed() {
    CompiledNetwork compiled = OneDnn.compile(network(), CompileOptions.inference());
    compiled.output(batch().getFeatures());
    return compiled;
  }

  private static ComputationGraph acceleratedAndUsed() {
    ComputationGraph fast = OneDnn.accelerate(network());
    fast.fit(batch());
    fast.output(batch().getFeatures());
    return fast;
  }

  private static void requireSoon(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 300 && !condition.getAsBoolean(); i++) {
      System.gc();
      Thread.sleep(100);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  /** Training continues, also in Deeplearning4j's update, until the next step is refused. */
  @Test
  void graphMayBeClosedWhileAnotherThreadTrainsIt() throws Exception {
    DataSet batch = batch();
    for (int round = 0; round < 20; round++) {
      ComputationGraph fast = OneDnn.accelerate(network());
      fast.fit(batch);
      AtomicReference<Throwable> ended = new AtomicReference<>();
      Thread training =
          new Thread(
              () -> {
                try {
                  while (true) {
                    fast.fit(batch);
                  }
                } catch (RuntimeException e) {
                  ended.set(e);
                }
              });
      training.start();
      Thread.sleep(5 + 3L * round);
      fast.close();
      training.join();
      assertThat(ended.get())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
    }
  }

  @Test
  void closedGraphsAreFreedImmediately() {
    long before = Programs.live();
    ComputationGraph fast = acceleratedAndUsed();
    assertThat(Programs.live()).isEqualTo(before + 2);
    fast.close();
    assertThat(Programs.live()).isEqualTo(before);
    CompiledNetwork compiled = compiledAndUsed();
    assertThat(Programs.live()).isEqualTo(before + 1);
    compiled.close();
    assertThat(Programs.live()).isEqualTo(before);
  }
}
