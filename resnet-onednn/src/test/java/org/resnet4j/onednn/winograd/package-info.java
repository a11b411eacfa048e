@NullMarked
package org.resnet4j.onednn.winograd;

import org.jspecify.annotations.NullMarked;
