package org.resnet4j.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/** The examples at the end of each command's help; a test parses all of them. */
final class Examples {
  static final Map<String, List<String>> OF =
      Map.ofEntries(
          of("list", "list", "list --json"),
          of(
              "summary",
              "summary resnet50",
              "summary resnet18 --input 1x96x96 --classes 10",
              "summary resnet34 --stem deep --attention squeeze_excitation"),
          of(
              "train",
              "train",
              "train --data photos --weights resnet50.tv_in1k_v2 --out runs/photos",
              "train --out runs/photos --resume"),
          of("recipes", "recipes", "recipes paper-cifar", "recipes photos --to mine.json"),
          of(
              "plan",
              "plan --recipe d2l",
              "plan --data photos --weights resnet50.tv_in1k_v2",
              "plan --model resnet56_cifar --recipe paper-cifar --seconds 5"),
          of(
              "rate-range",
              "rate-range --plot rates.svg",
              "rate-range --data photos --lowest 1e-4 --highest 1 --steps 100"),
          of(
              "evaluate",
              "evaluate runs/photos --data photos",
              "evaluate resnet50.tv_in1k_v2 --data imagenet/val"),
          of(
              "predict",
              "predict --model resnet50.tv_in1k_v2 --input x.npy --output y.npy",
              "predict --model runs/photos --input x.npy --output y.npy"),
          of(
              "classify",
              "classify dog.jpg --model resnet50.tv_in1k_v2",
              "classify photos/ --model runs/photos --top 3",
              "classify 'photos/**.jpg' --model resnet18 --json"),
          of(
              "features",
              "features photos/ --model resnet50 --output embeddings.npy",
              "features photos/ --model runs/photos --output embeddings.csv",
              "features photos/ --model resnet50 --at C4 --output c4.npy"),
          of("weights", "weights", "weights fetch resnet50.tv_in1k_v2", "weights verify"),
          of("weights list", "weights list", "weights list --json"),
          of(
              "weights fetch",
              "weights fetch resnet50.tv_in1k_v2",
              "weights fetch resnet18 --from https://mirror.example/weights/"),
          of("weights verify", "weights verify", "weights verify resnet50.tv_in1k_v2"),
          of(
              "convert",
              "convert resnet50.tv_in1k_v2 --to resnet50.onnx",
              "convert runs/photos --to photos.safetensors",
              "convert my.pth --model resnet18 --to my.zip"),
          of(
              "quantize",
              "quantize runs/photos --calibrate photos --to photos-int8.zip",
              "quantize resnet50.tv_in1k_v2 --calibrate val --to resnet50-int8.onnx"),
          of("verify", "verify resnet50", "verify runs/photos --images 4"),
          of("datasets", "datasets", "datasets fetch cifar10"),
          of("datasets list", "datasets list", "datasets list --json"),
          of(
              "datasets fetch",
              "datasets fetch cifar10",
              "datasets fetch mnist --from https://mirror.example/mnist/"),
          of("example", "example", "example residual-mlp", "example fashion-mnist"),
          of("doctor", "doctor", "doctor --json"),
          of("help", "help train", "help weights fetch"));

  private Examples() {}

  private static Map.Entry<String, List<String>> of(String command, String... examples) {
    return Map.entry(command, List.of(examples));
  }

  /** Adds the examples to the help of all commands under {@code root}. */
  static CommandLine addTo(CommandLine root) {
    root.getSubcommands().forEach((name, line) -> add(name, line));
    return root;
  }

  private static void add(String name, CommandLine line) {
    List<String> examples = OF.getOrDefault(name, List.of());
    String[] shown =
        Stream.concat(
                examples.stream().map(example -> "  ./resnet " + example),
                Arrays.stream(line.getCommandSpec().usageMessage().footer()))
            .toArray(String[]::new);
    line.getCommandSpec().usageMessage().footerHeading("%nExamples:%n").footer(shown);
    line.getSubcommands().forEach((inner, below) -> add(name + " " + inner, below));
  }
}
