package org.resnet4j.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;

/**
 * Adds to a data frame of images what a network computes of them. The model is broadcast, and
 * compiled once in each executor; a task decodes on {@code spark.task.cpus} threads and computes
 * batches across its rows.
 *
 * @param <T> the transformer itself
 */
public abstract class ImageTransformer<T extends ImageTransformer<T>>
    extends org.apache.spark.ml.Model<T> implements MLWritable {
  private static final long serialVersionUID = 1;
  private static final int BATCH = 32;

  private final String uid;
  private final byte[] zip;
  private final Param<String> imageCol;
  private final IntParam batchSize;
  private final Param<String> handleInvalid;
  private final Param<String> errorCol;
  private transient @Nullable LongAccumulator skipped;

  /**
   * @param zip bytes of the model's file
   */
  ImageTransformer(String uid, byte[] zip) {
    this.uid = uid;
    this.zip = zip;
    imageCol = text("imageCol", "column of image files, as bytes, or of Spark's image structs");
    batchSize =
        new IntParam(
            uid, "batchSize", "images that are computed together", ParamValidators.gtEq(1));
    handleInvalid =
        text(
            "handleInvalid",
            "a row whose image cannot be read: \"error\" fails the job, \"skip\" leaves it out and counts it, \"keep\" gives it nulls and a message in errorCol");
    errorCol = text("errorCol", "column of messages about images that cannot be read");
    setDefault(imageCol, "content");
    setDefault(batchSize, BATCH);
    setDefault(handleInvalid, UnreadableImages.ERROR.text());
    setDefault(errorCol, "error");
  }

  /** Returns a parameter that is a text. */
  final Param<String> text(String name, String description) {
    return new Param<>(uid, name, description);
  }

  /** Returns what is computed of the model. */
  abstract NetworkPart part();

  /** Returns the columns that rows gain. */
  abstract List<StructField> added();

  /** Returns how the cells of {@link #added} are made, in a closure that holds no transformer. */
  abstract ScoredRows.Columns columns();

  /** Returns a transformer of the same model, without parameters. */
  abstract T anew();

  @Override
  public final String uid() {
    return uid;
  }

  /** Returns the parameter that names the column with images. */
  public final Param<String> imageCol() {
    return imageCol;
  }

  /** Returns the parameter of the number of images that are computed together. */
  public final IntParam batchSize() {
    return batchSize;
  }

  /** Returns the parameter that says what happens to unreadable images. */
  public final Param<String> handleInvalid() {
    return handleInvalid;
  }

  /** Returns the parameter that names the column of messages. */
  public final Param<String> errorCol() {
    return errorCol;
  }

  /**
   * Sets the column with images: bytes of files, as the source {@code binaryFile} has them, or
   * structs, as the source {@code image} has them.
   */
  public final T setImageCol(String column) {
    return with(imageCol, column);
  }

  /** Sets the number of images that are computed together, at least 1. */
  public final T setBatchSize(int images) {
    if (images < 1) {
      throw new IllegalArgumentException("batchSize: expected at least 1 but was " + images);
    }
    set(batchSize, images);
    return self();
  }

  /**
   * Sets what happens to images that cannot be read: {@code error}, {@code skip} or {@code keep}.
   */
  public final T setHandleInvalid(String choice) {
    return with(handleInvalid, UnreadableImages.of(choice).text());
  }

  /** Sets the column of messages about images that cannot be read. */
  public final T setErrorCol(String column) {
    return with(errorCol, column);
  }

  final <V> T with(Param<V> param, V value) {
    set(param, value);
    return self();
  }

  @SuppressWarnings("unchecked") // T is the class itself
  private T self() {
    return (T) this;
  }

  /**
   * Returns the number of images that {@code handleInvalid} left out in the jobs of the last {@link
   * #transform}. Tasks that Spark ran twice are counted twice.
   */
  public final long skipped() {
    return skipped == null ? 0 : skipped.value();
  }

  final byte[] zip() {
    return zip;
  }

  @Override
  public final StructType transformSchema(StructType schema) {
    String column = getOrDefault(imageCol);
    if (!Arrays.asList(schema.fieldNames()).contains(column)) {
      throw new IllegalArgumentException(
          "imageCol: expected one of the columns %s but was \"%s\""
              .formatted(String.join(", ", schema.fieldNames()), column));
    }
    ImageCell.requireType(column, schema.apply(column).dataType());
    List<StructField> fields = new ArrayList<>(List.of(schema.fields()));
    for (StructField field : newFields()) {
      if (fields.stream().anyMatch(other -> other.name().equalsIgnoreCase(field.name()))) {
        throw new IllegalArgumentException(
            "%s: expected a new column but the data has one of this name; set another"
                .formatted(field.name()));
      }
      fields.add(field);
    }
    return new StructType(fields.toArray(StructField[]::new));
  }

  private List<StructField> newFields() {
    List<StructField> fields = new ArrayList<>(added());
    if (UnreadableImages.of(getOrDefault(handleInvalid)) == UnreadableImages.KEEP) {
      fields.add(DataTypes.createStructField(getOrDefault(errorCol), DataTypes.StringType, true));
    }
    return fields;
  }

  @Override
  public final Dataset<Row> transform(Dataset<?> dataset) {
    Dataset<Row> rows = dataset.toDF();
    StructType schema = rows.schema();
    StructType scored = transformSchema(schema);
    LongAccumulator counter =
        rows.sparkSession().sparkContext().longAccumulator("unreadable images");
    skipped = counter;
    ScoredRows.Plan plan =
        new ScoredRows.Plan(
            SharedModel.of(rows.sparkSession(), zip, part()),
            schema.fieldIndex(getOrDefault(imageCol)),
            pathIndex(schema),
            (int) getOrDefault(batchSize),
            UnreadableImages.of(getOrDefault(handleInvalid)),
            columns(),
            added().size(),
            counter);
    MapPartitionsFunction<Row, Row> score = plan::score;
    return rows.mapPartitions(score, Encoders.row(scored));
  }

  /** Returns the place of the column {@code path}, which names files in messages; -1 without. */
  private static int pathIndex(StructType schema) {
    List<String> names = Arrays.asList(schema.fieldNames());
    int index = names.indexOf("path");
    return index >= 0 && schema.apply(index).dataType().equals(DataTypes.StringType) ? index : -1;
  }

  @Override
  public final T copy(ParamMap extra) {
    return copyValues(anew(), extra);
  }

  @Override
  public final MLWriter write() {
    return new TransformerFile.Writer(this);
  }
}
