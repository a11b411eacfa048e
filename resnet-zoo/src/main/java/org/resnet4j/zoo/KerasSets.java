package org.resnet4j.zoo;

import java.net.URI;
import java.util.List;
import org.resnet4j.arch.Shape;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.zoo.PretrainedWeights.Accuracy;

/**
 * The weights of {@code keras.applications}: addresses and MD5 of {@code
 * keras/applications/resnet.py}, accuracies and sizes of keras.io/api/applications. Version 1 has
 * the stride in the first 1×1 convolution of a stage, version 2 in the last block, with other
 * padding. Both are separate architectures. Keras publishes accuracies of "a single centre crop"
 * without its size. Here the shorter side becomes 256 pixels, bilinear.
 */
final class KerasSets {
  private static final String FOLDER =
      "https://storage.googleapis.com/tensorflow/keras-applications/resnet/";

  /** The name, architecture, MD5, MiB, top-1 and top-5 of each network. */
  private static final String TABLE =
      """
      resnet50     resnet50_v1       2cb95161c43110f7111970584f804107  98 74.9 92.1
      resnet101    resnet101_v1      f1aeb4b969a6efcfb50fad2f0c20cfc5 171 76.4 92.8
      resnet152    resnet152_v1      100835be76be38e30d865e96f2aaae62 232 76.6 93.1
      resnet50_v2  resnet50_v2_keras  3ef43a0b657b3be2300d5770ece849e0  98 76.0 93.0
      resnet101_v2 resnet101_v2_keras 6343647c601c52e1368623803854d971 171 77.2 93.8
      resnet152_v2 resnet152_v2_keras a49b44d1979771252814e80f8ec446f9 232 78.0 94.2
      """;

  private KerasSets() {}

  static List<PretrainedWeights> all() {
    return TableRow.rows(TABLE).map(KerasSets::weights).toList();
  }

  private static PretrainedWeights weights(TableRow cells) {
    String name = cells.text();
    String architecture = cells.text();
    boolean second = name.endsWith("_v2");
    return new PretrainedWeights(
        name + ".keras_in1k",
        architecture,
        URI.create(FOLDER + name.replace("_v2", "v2") + "_weights_tf_dim_ordering_tf_kernels.h5"),
        Checksum.md5(cells.text()),
        cells.number(),
        "Apache-2.0 (Keras)",
        "not published; https://keras.io/api/applications/resnet/",
        new Accuracy(
            cells.number(),
            cells.number(),
            "keras.io, ImageNet-1k validation images, one centre crop at 224x224"),
        ImagePipeline.of(
            new Shape(3, 224, 224),
            Fit.centerCrop(256, Interpolation.BILINEAR),
            second ? Normalization.TENSORFLOW : Normalization.CAFFE),
        Labels.IMAGENET_1K,
        second ? "keras-v2" : "keras");
  }
}
