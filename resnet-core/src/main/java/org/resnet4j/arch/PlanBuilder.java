package org.resnet4j.arch;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.arch.LayerList.Window;

/**
 * The only loop over stages and blocks. Each method appends layers after {@code x} and returns the
 * last.
 */
final class PlanBuilder {
  private final Architecture architecture;
  private final Blocks blocks;
  private final LayerList layers;

  PlanBuilder(Architecture architecture) {
    this.architecture = architecture;
    this.blocks = architecture.blocks();
    this.layers = new LayerList(architecture);
  }

  Plan build() {
    Node x = stem(layers.add(new Node.Input(LayerPath.input(), architecture.input())));
    Shape stemShape = x.output();
    List<Shape> stageShapes = new ArrayList<>();
    int index = 0;
    for (int stage = 0; stage < blocks.stages(); stage++) {
      for (int block = 0; block < blocks.depths().get(stage); block++) {
        x = new BlockBuilder(architecture, layers, stage, block, blocks.dropRate(index)).build(x);
        index++;
      }
      stageShapes.add(x.output());
    }
    head(x);
    if (architecture.convBias() == ConvBias.BARE) {
      layers.leaveBiasToNorms();
    }
    return new Plan(architecture, layers.nodes(), stemShape, stageShapes);
  }

  private Node stem(Node x) {
    Stem stem = architecture.stem();
    boolean all = stem.norms() == Stem.Norms.IMAGES_AND_ALL_CONVOLUTIONS;
    if (all) {
      x = layers.norm(LayerPath.stem("bn0"), x);
    }
    int last = stem.convolutions().size();
    for (int i = 1; i <= last; i++) {
      Stem.Convolution next = stem.convolutions().get(i - 1);
      Window window = Window.of(next.channels(), next.kernel(), next.stride());
      x = layers.conv(LayerPath.stem("conv" + i), x, window);
      // Pre-activation networks leave norm and activation of the last convolution to the first
      // block.
      if (all || i < last || !blocks.kind().isPreActivated()) {
        x = layers.norm(LayerPath.stem("bn" + i), x);
        x = layers.activation(LayerPath.stem("relu" + i), x);
      }
    }
    if (stem.features() > 0) {
      x = layers.linear(LayerPath.stem("fc"), x, stem.features());
    }
    return switch (stem.pooling()) {
      case NONE -> x;
      case MAX -> pool(x);
      case MAX_ZERO_PADDED -> zeroPaddedPool(x);
    };
  }

  private Node pool(Node x) {
    LayerPath path = LayerPath.stem("pool");
    return switch (architecture.antiAliasing()) {
      case NONE -> layers.pool(path, x, Node.PoolKind.MAX, 3, 2, 1);
      case AVERAGE -> layers.smooth(path, x);
      case BLUR ->
          layers.smooth(LayerPath.stem("aa"), layers.pool(path, x, Node.PoolKind.MAX, 3, 1, 1));
    };
  }

  private Node zeroPaddedPool(Node x) {
    Node padded =
        layers.add(new Node.PadEdges(LayerPath.stem("pad"), x.path(), x.output().withEdges(1), 1));
    return layers.pool(LayerPath.stem("pool"), padded, Node.PoolKind.MAX, 3, 2, 0);
  }

  private void head(Node x) {
    HeadKind kind = architecture.head().kind();
    if (kind == HeadKind.NONE) {
      return;
    }
    if (blocks.kind().isPreActivated()) {
      x = layers.norm(LayerPath.head("bn"), x);
      x = layers.activation(LayerPath.head("relu"), x);
    }
    if (blocks.kind() != BlockKind.DENSE) {
      x = headPool(x);
    }
    if (kind == HeadKind.FEATURES) {
      return;
    }
    double dropout = architecture.head().dropout();
    if (dropout > 0) {
      x = layers.add(new Node.Dropout(LayerPath.head("dropout"), x.path(), x.output(), dropout));
    }
    layers.dense(LayerPath.head("fc"), x, architecture.classes(), Node.DenseKind.CLASSIFIER);
  }

  private Node headPool(Node x) {
    LayerPath pool = LayerPath.head("pool");
    HeadPooling pooling = architecture.head().pooling();
    if (pooling == HeadPooling.AVG) {
      return layers.globalPool(pool, x, Node.PoolKind.AVERAGE);
    } else if (pooling == HeadPooling.MAX) {
      return layers.globalPool(pool, x, Node.PoolKind.MAX);
    }
    Node average = layers.globalPool(LayerPath.head("pool.avg"), x, Node.PoolKind.AVERAGE);
    Node max = layers.globalPool(LayerPath.head("pool.max"), x, Node.PoolKind.MAX);
    Shape one = average.output();
    return layers.add(
        pooling == HeadPooling.AVGMAX
            ? new Node.Join(pool, average.path(), max.path(), one, Node.JoinKind.MEAN)
            : new Node.Join(
                pool,
                average.path(),
                max.path(),
                one.withChannels(2 * one.channels()),
                Node.JoinKind.CONCATENATION));
  }
}
