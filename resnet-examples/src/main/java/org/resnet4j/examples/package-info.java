/** Example mains, each about one screen long: {@code ./resnet example NAME}. */
@NullMarked
package org.resnet4j.examples;

import org.jspecify.annotations.NullMarked;
