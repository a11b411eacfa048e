/** Classification and features of images in data frames of Apache Spark. */
@NullMarked
package org.resnet4j.spark;

import org.jspecify.annotations.NullMarked;
