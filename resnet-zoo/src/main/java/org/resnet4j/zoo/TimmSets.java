package org.resnet4j.zoo;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.resnet4j.arch.Shape;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.zoo.PretrainedWeights.Accuracy;

/**
 * The weights of timm (PyTorch Image Models): the most accurate plain, d, pre-activation, grouped
 * and squeeze-and-excitation networks that its authors trained. Addresses and pipeline are those of
 * {@code timm/models/resnet.py} and {@code resnetv2.py}. Accuracies are those of the model card
 * huggingface.co/timm/resnet50.a1_in1k, and at 288x288 those of {@code results-imagenet.csv}.
 * SHA-256 sums are those that huggingface.co shows for {@code model.safetensors}. Names of release
 * files contain the first eight digits.
 */
final class TimmSets {
  private static final String RSB = "timm's ResNet Strikes Back, https://arxiv.org/abs/2110.00476";

  private static final Map<String, String> RECIPES =
      Map.of(
          "a1",
          "procedure A1: LAMB, binary cross-entropy, 600 epochs; " + RSB,
          "a1h",
          "procedure A1 with stronger regularisation; " + RSB,
          "c1",
          "procedure C: SGD with Nesterov momentum, adaptive gradient clipping; " + RSB,
          "ra2",
          "RMSProp and RandAugment; https://huggingface.co/timm/resnet50d.ra2_in1k",
          "racm",
          "RMSProp, RandAugment and CutMix; https://huggingface.co/timm/wide_resnet50_2.racm_in1k",
          "bt",
          "bag of tricks; https://huggingface.co/timm/resnet26d.bt_in1k");

  private static final String SEMI_WEAKLY =
      "semi-weakly supervised on a billion Instagram images, then ImageNet; https://github.com/facebookresearch/semi-supervised-ImageNet1K-models";

  private static final String HUB = "https://huggingface.co/timm/";
  private static final String RELEASES =
      "https://github.com/huggingface/pytorch-image-models/releases/download/";
  private static final String FACEBOOK =
      "https://dl.fbaipublicfiles.com/semiweaksupervision/model_files/";

  /**
   * The name at huggingface.co/timm, SHA-256, MiB, top-1, top-5, shorter side and recipe of each
   * network; all are bicubic with a crop of 224².
   */
  private static final String ON_THE_HUB =
      """
      resnet18.a1_in1k   80c49dee3da4822c009c5a7fe591e9223c5a2cfcf95a4067ca4dfb5a7b89c612  44.6 71.49 90.07 235 a1
      resnet50.a1_in1k   773525d5821de224f8f30c33377b7a795d7863e08522698200d3217d3f2a41bb  97.7 80.38 94.60 235 a1
      resnet50d.a1_in1k  0b4f757b0732eb4c6584d2c3692923c3b92efe116b8a383fd4b5eb62fda660cb  98.2 80.68 94.71 235 a1
      resnet101.a1_in1k  1ba5b660e7c175b3c27c557fc7dc8b2815be830c516815b0155f61b403f27380 170.4 81.50 95.16 235 a1
      resnet101.a1h_in1k 1a076c0384295e7d3704f201c5711ff245507db934230bab72ff3014a95f90fe 170.4 81.93 95.75 235 a1h
      """;

  /**
   * The architecture, tag, release, file, top-1, top-5, shorter side, crop, pixels and recipe of
   * each network; all are bicubic.
   */
  private static final String RELEASED =
      """
      resnet26         bt_in1k   v0.1-weights     resnet26-9aa10e23.pth               75.30  92.58  256 224 torch bt
      resnet34         a1_in1k   v0.1-rsb-weights resnet34_a1_0-46f8f793.pth          76.42  92.87  235 224 torch a1
      resnet152        a1_in1k   v0.1-rsb-weights resnet152_a1_0-2eee8a7a.pth         81.97  95.24  235 224 torch a1
      resnet152        a1h_in1k  v0.1-rsb-weights resnet152_a1h-dc400468.pth          82.80  96.13  235 224 torch a1h
      resnet18d        ra2_in1k  v0.1-weights     resnet18d_ra2-48a79e06.pth          72.26  90.68  256 224 torch ra2
      resnet26d        bt_in1k   v0.1-weights     resnet26d-69e92c46.pth              76.70  93.17  256 224 torch bt
      resnet34d        ra2_in1k  v0.1-weights     resnet34d_ra2-f8dcfcaf.pth          77.10  93.37  256 224 torch ra2
      resnet50d        ra2_in1k  v0.1-weights     resnet50d_ra2-464e36ba.pth          80.53  95.16  256 224 torch ra2
      resnet101d       ra2_in1k  v0.1-weights     resnet101d_ra2-2803ffab.pth         82.26  96.07  269 256 torch ra2
      resnet152d       ra2_in1k  v0.1-weights     resnet152d_ra2-5cac0439.pth         83.14  96.38  269 256 torch ra2
      resnet200d       ra2_in1k  v0.1-weights     resnet200d_ra2-bdba9bf9.pth         83.23  96.53  269 256 torch ra2
      resnet50_v2      a1h_in1k  v0.1-rsb-weights resnetv2_50_a1h-000cdf49.pth        81.398 95.726 288 288 half  a1h
      resnet101_v2     a1h_in1k  v0.1-rsb-weights resnetv2_101_a1h-5d01f016.pth       83.002 96.454 288 288 half  a1h
      wide_resnet50_2  racm_in1k v0.1-weights     wide_resnet50_racm-8234f177.pth     81.45  95.53  256 224 torch racm
      resnext50_32x4d  a1h_in1k  v0.1-rsb-weights resnext50_32x4d_a1h-0146ab0a.pth    81.10  95.33  235 224 torch a1h
      resnext101_64x4d c1_in1k   v0.1-tpu-weights resnext101_64x4d_c-0d0e0cc0.pth     82.46  95.92  235 224 torch c1
      seresnet50       a1_in1k   v0.1-rsb-weights seresnet50_a1_0-ffa00869.pth        80.02  94.71  235 224 torch a1
      seresnet50       ra2_in1k  v0.1-weights     seresnet50_ra_224-8efdb4bb.pth      80.26  95.08  256 224 torch ra2
      """;

  /**
   * The architecture, file, top-1 and top-5 of each network; the licence is for non-commercial use.
   */
  private static final String FROM_FACEBOOK =
      """
      resnet18        semi_weakly_supervised_resnet18-118f1556.pth        73.28 91.73
      resnet50        semi_weakly_supervised_resnet50-16a12f1b.pth        81.18 95.98
      resnext50_32x4d semi_weakly_supervised_resnext50_32x4-72679e44.pth  82.17 96.22
      """;

  private TimmSets() {}

  static List<PretrainedWeights> all() {
    return List.of(
            TableRow.rows(ON_THE_HUB).map(TimmSets::onTheHub),
            TableRow.rows(RELEASED).map(TimmSets::released),
            TableRow.rows(FROM_FACEBOOK).map(TimmSets::fromFacebook))
        .stream()
        .flatMap(sets -> sets)
        .toList();
  }

  private static PretrainedWeights onTheHub(TableRow cells) {
    String name = cells.text();
    Checksum checksum = Checksum.sha256(cells.text());
    double mebibytes = cells.number();
    Accuracy accuracy = accuracy(cells, 224);
    ImagePipeline pipeline = bicubic(cells.whole(), 224, Normalization.TORCHVISION);
    return new PretrainedWeights(
        name,
        name.substring(0, name.indexOf('.')),
        URI.create(HUB + name + "/resolve/main/model.safetensors"),
        checksum,
        mebibytes,
        "Apache-2.0 (timm)",
        cells.oneOf(RECIPES),
        accuracy,
        pipeline,
        Labels.IMAGENET_1K,
        "timm");
  }

  private static PretrainedWeights released(TableRow cells) {
    String architecture = cells.text();
    String tag = cells.text();
    String release = cells.text();
    String file = cells.text();
    double top1 = cells.number();
    double top5 = cells.number();
    int resize = cells.whole();
    int crop = cells.whole();
    Normalization values =
        cells.text().equals("half") ? Normalization.INCEPTION : Normalization.TORCHVISION;
    return new PretrainedWeights(
        architecture + "." + tag,
        architecture,
        URI.create(RELEASES + release + "/" + file),
        TableRow.sha256StartIn(file),
        0,
        "Apache-2.0 (timm)",
        cells.oneOf(RECIPES),
        new Accuracy(top1, top5, source(crop)),
        bicubic(resize, crop, values),
        Labels.IMAGENET_1K,
        "timm");
  }

  private static PretrainedWeights fromFacebook(TableRow cells) {
    String architecture = cells.text();
    String file = cells.text();
    return new PretrainedWeights(
        architecture + ".fb_swsl_ig1b_ft_in1k",
        architecture,
        URI.create(FACEBOOK + file),
        TableRow.sha256StartIn(file),
        0,
        "CC-BY-NC-4.0 (Facebook; not for commercial use)",
        SEMI_WEAKLY,
        accuracy(cells, 224),
        ImagePipeline.of(
            new Shape(3, 224, 224),
            Fit.centerCrop(256, Interpolation.BILINEAR),
            Normalization.TORCHVISION),
        Labels.IMAGENET_1K,
        "torchvision");
  }

  private static Accuracy accuracy(TableRow cells, int side) {
    return new Accuracy(cells.number(), cells.number(), source(side));
  }

  private static String source(int side) {
    return "timm, ImageNet-1k validation images at %sx%s".formatted(side, side);
  }

  private static ImagePipeline bicubic(int resize, int crop, Normalization values) {
    return ImagePipeline.of(
        new Shape(3, crop, crop), Fit.centerCrop(resize, Interpolation.BICUBIC), values);
  }
}
