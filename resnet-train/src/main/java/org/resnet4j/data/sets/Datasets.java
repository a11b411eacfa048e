package org.resnet4j.data.sets;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.stream.IntStream;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.sets.DatasetSpec.DataFile;
import org.resnet4j.data.sets.DatasetSpec.Format;
import org.resnet4j.data.sets.DatasetSpec.Part;
import org.resnet4j.fetch.Download;
import org.resnet4j.support.Nearest;
import org.resnet4j.zoo.DatasetClasses;

/**
 * The known datasets, by name.
 *
 * <p>Lengths and SHA-256 of the downloads are those of TensorFlow Datasets ({@code
 * tensorflow_datasets/url_checksums} in github.com/tensorflow/datasets). Other sources confirm each
 * SHA-256: github.com/ankane/torchvision-ruby ({@code lib/torchvision/datasets}) those of MNIST and
 * both CIFARs, and github.com/zalandoresearch/fashion-mnist, by MD5, those of Fashion-MNIST. The
 * files of Debian's dataset-fashion-mnist hold the same bytes once uncompressed; their gzip headers
 * differ.
 */
public final class Datasets {
  private static final Shape GREY = new Shape(1, 28, 28);
  private static final Shape COLOUR = new Shape(3, 32, 32);
  private static final String TORONTO = "https://www.cs.toronto.edu/~kriz/";
  private static final String KRIZHEVSKY =
      "Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009; "
          + TORONTO
          + "cifar.html";
  private static final Part UNKNOWN = new Part(0, List.of());

  private static final List<DatasetSpec> TABLE =
      List.of(
          new DatasetSpec(
              "fashion-mnist",
              "Fashion-MNIST",
              Format.IDX,
              GREY,
              DatasetClasses.FASHION_MNIST,
              ChannelStats.FASHION_MNIST,
              idx("train", 60_000),
              idx("t10k", 10_000),
              "",
              downloads(
                  "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                  """
                  train-images-idx3-ubyte.gz 26421880
                  3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84
                  train-labels-idx1-ubyte.gz 29515
                  a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845
                  t10k-images-idx3-ubyte.gz 4422102
                  346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073
                  t10k-labels-idx1-ubyte.gz 5148
                  67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5
                  """),
              "MIT",
              "Xiao, Rasul, Vollgraf, arXiv:1708.07747;"
                  + " https://github.com/zalandoresearch/fashion-mnist"),
          new DatasetSpec(
              "mnist",
              "MNIST",
              Format.IDX,
              GREY,
              DatasetClasses.MNIST,
              ChannelStats.MNIST,
              idx("train", 60_000),
              idx("t10k", 10_000),
              "",
              downloads(
                  "https://ossci-datasets.s3.amazonaws.com/mnist/",
                  """
                  train-images-idx3-ubyte.gz 9912422
                  440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609
                  train-labels-idx1-ubyte.gz 28881
                  3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c
                  t10k-images-idx3-ubyte.gz 1648877
                  8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6
                  t10k-labels-idx1-ubyte.gz 4542
                  f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6
                  """),
              "CC BY-SA 3.0 according to Keras; none stated by its authors",
              "LeCun, Cortes, Burges, 1998; http://yann.lecun.com/exdb/mnist/,"
                  + " from the mirror that torchvision uses"),
          new DatasetSpec(
              "cifar10",
              "CIFAR-10",
              Format.CIFAR10,
              COLOUR,
              DatasetClasses.CIFAR10,
              ChannelStats.CIFAR10,
              new Part(
                  50_000,
                  IntStream.rangeClosed(1, 5)
                      .mapToObj(i -> new DataFile("data_batch_" + i + ".bin", 10_000L * 3073))
                      .toList()),
              new Part(10_000, List.of(new DataFile("test_batch.bin", 10_000L * 3073))),
              "cifar-10-batches-bin",
              downloads(
                  TORONTO,
                  """
                  cifar-10-binary.tar.gz 170052171
                  c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd
                  """),
              "none stated by its authors",
              KRIZHEVSKY),
          new DatasetSpec(
              "cifar100",
              "CIFAR-100",
              Format.CIFAR100,
              COLOUR,
              DatasetClasses.CIFAR100,
              ChannelStats.CIFAR100,
              new Part(50_000, List.of(new DataFile("train.bin", 50_000L * 3074))),
              new Part(10_000, List.of(new DataFile("test.bin", 10_000L * 3074))),
              "cifar-100-binary",
              downloads(
                  TORONTO,
                  """
                  cifar-100-binary.tar.gz 168513733
                  58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec
                  """),
              "none stated by its authors",
              KRIZHEVSKY),
          new DatasetSpec(
              "folder",
              "image folder",
              Format.FOLDER,
              null,
              List.of(),
              ChannelStats.IMAGENET,
              UNKNOWN,
              UNKNOWN,
              "",
              List.of(),
              "yours",
              "DIR/train/CLASS/IMAGE and DIR/test/CLASS/IMAGE (or val);"
                  + " or DIR/CLASS/IMAGE, of which a fifth is kept for the test"));

  private Datasets() {}

  /** Returns every dataset, in the order of the help text. */
  public static List<DatasetSpec> all() {
    return TABLE;
  }

  /**
   * Returns the dataset that {@code NAME} or {@code NAME:DIR} begins with.
   *
   * @throws IllegalArgumentException when there is none; the message names the nearest
   */
  public static DatasetSpec of(String data) {
    int colon = data.indexOf(':');
    return byName(colon < 0 ? data : data.substring(0, colon));
  }

  /**
   * Returns the dataset called {@code name}.
   *
   * @throws IllegalArgumentException naming the nearest, when there is none
   */
  public static DatasetSpec byName(String name) {
    return TABLE.stream()
        .filter(dataset -> dataset.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Nearest.unknown(
                        "dataset", name, TABLE.stream().map(DatasetSpec::name).toList())));
  }

  /** Returns a split of two IDX files: images, then labels. */
  private static Part idx(String prefix, int images) {
    return new Part(
        images,
        List.of(
            new DataFile(prefix + "-images-idx3-ubyte", 16 + images * 28L * 28),
            new DataFile(prefix + "-labels-idx1-ubyte", 8L + images)));
  }

  /** Returns the downloads described by name, bytes and SHA-256 of each file. */
  private static List<Download> downloads(String base, String files) {
    Scanner words = new Scanner(files);
    List<Download> downloads = new ArrayList<>();
    while (words.hasNext()) {
      downloads.add(
          Download.exact(
              URI.create(base + words.next()), Long.parseLong(words.next()), words.next()));
    }
    return downloads;
  }
}
