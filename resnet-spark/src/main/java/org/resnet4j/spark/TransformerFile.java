package org.resnet4j.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamPair;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The folder of a saved transformer: {@code model.zip}, and {@code metadata}, as {@code Pipeline}
 * reads it, which is written last.
 */
final class TransformerFile {
  private static final String MODEL = "model.zip";
  private static final String METADATA = "metadata/part-00000";

  /** The metadata of a few parameters is a few hundred bytes. */
  private static final int MOST_METADATA = 1 << 20;

  private TransformerFile() {}

  /** Writes a transformer. */
  static final class Writer extends MLWriter {
    private final ImageTransformer<?> transformer;

    Writer(ImageTransformer<?> transformer) {
      this.transformer = transformer;
    }

    @Override
    public void saveImpl(String path) {
      Path folder = new Path(path);
      try {
        FileSystem files = folder.getFileSystem(sc().hadoopConfiguration());
        writeWhole(files, new Path(folder, MODEL), transformer.zip());
        String line = Json.line(metadata(transformer, sc().version())) + "\n";
        writeWhole(files, new Path(folder, METADATA), line.getBytes(StandardCharsets.UTF_8));
        writeWhole(files, new Path(folder, "metadata/_SUCCESS"), new byte[0]);
      } catch (IOException e) {
        throw new IllegalStateException(path + ": " + e.getMessage(), e);
      }
    }
  }

  /** Reads a transformer. */
  static final class Reader<T extends ImageTransformer<T>> extends MLReader<T> {
    private final Class<T> type;
    private final BiFunction<String, byte[], T> make;

    /**
     * @param make a transformer of its uid and the bytes of its model
     */
    Reader(Class<T> type, BiFunction<String, byte[], T> make) {
      this.type = type;
      this.make = make;
    }

    @Override
    public T load(String path) {
      Configuration configuration = sc().hadoopConfiguration();
      Path folder = new Path(path);
      try {
        FileSystem files = folder.getFileSystem(configuration);
        byte[] metadata = readWhole(files, new Path(folder, METADATA), MOST_METADATA);
        Map<?, ?> fields = object(Json.parse(new String(metadata, StandardCharsets.UTF_8)));
        if (!type.getName().equals(fields.get("class"))) {
          throw new IllegalArgumentException(
              "%s: expected a %s but its metadata names %s"
                  .formatted(path, type.getName(), fields.get("class")));
        }
        byte[] zip = readWhole(files, new Path(folder, MODEL), Integer.MAX_VALUE - 8);
        T transformer = make.apply(String.valueOf(fields.get("uid")), zip);
        for (Map.Entry<?, ?> entry : object(fields.get("paramMap")).entrySet()) {
          set(transformer, String.valueOf(entry.getKey()), Json.line(entry.getValue()));
        }
        return transformer;
      } catch (JsonException e) {
        throw new IllegalArgumentException(
            "%s/%s: expected the metadata of a transformer of spark.ml: %s"
                .formatted(path, METADATA, e.getMessage()),
            e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Map<?, ?> object(@Nullable Object tree) throws JsonException {
      if (tree instanceof Map<?, ?> fields) {
        return fields;
      }
      throw new JsonException("expected an object but was " + Json.line(tree));
    }

    private static <V> void set(ImageTransformer<?> transformer, String name, String json) {
      @SuppressWarnings(
          "unchecked") // Spark keeps the type of a parameter's value at run time alone
      Param<V> param = (Param<V>) transformer.getParam(name);
      transformer.set(param, param.jsonDecode(json));
    }
  }

  private static Map<String, Object> metadata(ImageTransformer<?> transformer, String spark)
      throws JsonException {
    Map<String, Object> values = new LinkedHashMap<>();
    for (ParamPair<?> pair : CollectionConverters.asJava(transformer.extractParamMap().toSeq())) {
      values.put(pair.param().name(), Json.parse(encoded(pair)));
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("class", transformer.getClass().getName());
    fields.put("timestamp", System.currentTimeMillis());
    fields.put("sparkVersion", spark);
    fields.put("uid", transformer.uid());
    fields.put("paramMap", values);
    fields.put("defaultParamMap", Map.of());
    return fields;
  }

  private static <V> String encoded(ParamPair<V> pair) {
    return pair.param().jsonEncode(pair.value());
  }

  /** Writes {@code bytes} under a temporary name, then moves them. */
  private static void writeWhole(FileSystem files, Path target, byte[] bytes) throws IOException {
    Path temporary = new Path(target.getParent(), "." + target.getName() + ".tmp");
    try (OutputStream out = files.create(temporary, true)) {
      out.write(bytes);
    }
    if (!files.rename(temporary, target)) {
      throw new IOException("%s: expected to move %s there".formatted(target, temporary));
    }
  }

  private static byte[] readWhole(FileSystem files, Path source, int most) throws IOException {
    long length;
    try {
      length = files.getFileStatus(source).getLen();
    } catch (FileNotFoundException e) {
      throw new FileNotFoundException(source + ": expected a file of a saved transformer");
    }
    if (length > most) {
      throw new IOException(
          "%s: expected at most %s bytes but was %s".formatted(source, most, length));
    }
    try (InputStream in = files.open(source)) {
      return in.readNBytes((int) length);
    }
  }
}
