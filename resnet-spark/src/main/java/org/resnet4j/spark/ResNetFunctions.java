package org.resnet4j.spark;

import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.Precision;
import org.resnet4j.zoo.Model;

/**
 * Classification as a function of SQL.
 *
 * <pre>{@code
 * ResNetFunctions.register(spark, "classify", Models.pretrained("resnet50.tv_in1k_v2"));
 * spark.sql("SELECT path, classify(content).label FROM photos");
 * }</pre>
 */
public final class ResNetFunctions {
  private static final StructType RESULT =
      new StructType()
          .add("label", DataTypes.StringType)
          .add("prediction", DataTypes.IntegerType)
          .add("probability", DataTypes.DoubleType);

  private ResNetFunctions() {}

  /**
   * Registers the function {@code name} of an encoded image: a struct of {@code label}, {@code
   * prediction} (the index of the class) and {@code probability}; null if the image cannot be read.
   * It computes row by row: {@link ResNetClassificationModel} is faster and tells why an image
   * cannot be read.
   */
  public static void register(SparkSession spark, String name, Model model) throws IOException {
    SharedModel shared =
        SharedModel.of(spark, SharedModel.zip(model), new NetworkPart(null, Precision.FP32));
    UDF1<byte[], Row> classify = encoded -> classify(shared, encoded);
    spark.udf().register(name, classify, RESULT);
  }

  private static @Nullable Row classify(SharedModel model, byte @Nullable [] encoded) {
    try (ExecutorNetworks.Lease lease = model.lease()) {
      NetworkPart.Compiled network = lease.network();
      float[] input;
      try {
        input = ImageCell.prepare(encoded, "classify", network.pipeline());
      } catch (IOException | IllegalArgumentException e) {
        return null;
      }
      float[] probabilities = network.of(List.of(input)).get(0);
      int best = ResNetClassificationModel.mostProbable(probabilities);
      return RowFactory.create(
          network.names().apply(probabilities.length).get(best),
          best,
          (double) probabilities[best]);
    }
  }
}
