package org.resnet4j.spark;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.Precision;
import org.resnet4j.support.Digest;
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
    byte[] zip = SharedModel.zip(model);
    NetworkPart part = new NetworkPart(null, Precision.FP32);
    String key = Digest.sha256().add(zip).hex() + part;
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    SharedModel shared = new SharedModel(key, part, context.broadcast(zip));
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
      INDArray batch = network.pipeline().batch(List.of(input));
      float[] probabilities = network.of(batch).dup('c').data().asFloat();
      batch.close();
      int best = ResNetClassificationModel.mostProbable(probabilities);
      return RowFactory.create(
          ResNetClassificationModel.name(best, network.classes()),
          best,
          (double) probabilities[best]);
    }
  }
}
