package org.resnet4j.network;

import static java.util.Objects.requireNonNull;

import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.Activation;
import org.resnet4j.arch.Shape;

/**
 * The mistakes that tests plant in a bottleneck network with an ImageNet stem. Those before {@link
 * #EPSILON_OF_1E_3} are of {@code org.deeplearning4j.zoo.model.ResNet50} 1.0.0-M2.1.
 */
enum Defect {
  NONE {
    @Override
    void plant(ComputationGraphConfiguration network, Shape input) {}
  },
  STRIDE_IN_FIRST_STAGE(Check.STAGE_SHAPES, Check.PARITY) {
    @Override
    void plant(ComputationGraphConfiguration network, Shape input) {
      layer(network, "stage0.block0.conv2", ConvolutionLayer.class).setStride(new int[] {2, 2});
      layer(network, "stage0.block0.shortcut.conv", ConvolutionLayer.class)
          .setStride(new int[] {2, 2});
    }
  },
  MAX_POOLING_HEAD(Check.PARITY) {
    @Override
    void plant(ComputationGraphConfiguration network, Shape input) {
      layer(network, "head.pool", GlobalPoolingLayer.class).setPoolingType(PoolingType.MAX);
    }
  },
  UNPADDED_STEM_POOL(Check.STAGE_SHAPES, Check.PARITY) {
    @Override
    void plant(ComputationGraphConfiguration network, Shape input) {
      layer(network, "stem.pool", SubsamplingLayer.class).setPadding(new int[] {0, 0});
    }
  },
  FLATTENED_HEAD(Check.HEAD_SIZE, Check.PARITY) {
    @Override
    void plant(ComputationGraphConfiguration network, Shape input) {
      InputType.InputTypeConvolutional image =
          (InputType.InputTypeConvolutional)
              requireNonNull(
                  network
                      .getLayerActivationTypes(true, StageShapes.inputType(input))
                      .get(requireNonNull(network.getVertexInputs().get("head.pool")).get(0)));
      vertex(network, "head.pool")
          .getLayerConf()
          .setLayer(
              new ActivationLayer.Builder()
                  .name("head.pool")
                  .activation(Activation.IDENTITY)
                  .build());
      vertex(network, "head.fc")
          .setPreProcessor(
              new CnnToFeedForwardPreProcessor(
                  image.getHeight(), image.getWidth(), image.getChannels()));
      layer(network, "head.fc", FeedForwardLayer.class).setNIn(image.arrayElementsPerExample());
    }
  },
  EPSILON_OF_1E_3(Check.PARITY) {
    @Override
    void plant(ComputationGraphConfiguration network, Shape input) {
      network
          .getVertices()
          .values()
          .forEach(
              vertex -> {
                if (vertex instanceof LayerVertex layer
                    && layer.getLayerConf().getLayer() instanceof BatchNormalization norm) {
                  norm.setEps(1e-3);
                }
              });
    }
  },
  /** The downsampling of ResNet v1, where v1.5 is requested. */
  STRIDE_IN_FIRST_CONV(Check.PARITY) {
    @Override
    void plant(ComputationGraphConfiguration network, Shape input) {
      layer(network, "stage1.block0.conv1", ConvolutionLayer.class).setStride(new int[] {2, 2});
      layer(network, "stage1.block0.conv2", ConvolutionLayer.class).setStride(new int[] {1, 1});
    }
  };

  /** The checks that the other tests make on a network. */
  enum Check {
    STAGE_SHAPES,
    HEAD_SIZE,
    PARITY
  }

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<Check> failingChecks;

  Defect(Check... failingChecks) {
    this.failingChecks = Set.of(failingChecks);
  }

  /** Returns the checks that have to fail; all others have to pass. */
  Set<Check> failingChecks() {
    return failingChecks;
  }

  /** Plants the defect in {@code network}, which is for {@code input}. */
  abstract void plant(ComputationGraphConfiguration network, Shape input);

  private static LayerVertex vertex(ComputationGraphConfiguration network, String name) {
    return (LayerVertex) requireNonNull(network.getVertices().get(name));
  }

  private static <T extends Layer> T layer(
      ComputationGraphConfiguration network, String name, Class<T> type) {
    return type.cast(vertex(network, name).getLayerConf().getLayer());
  }
}
